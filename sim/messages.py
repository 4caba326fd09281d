"""What the command line says, in English and Japanese, by id."""

from __future__ import annotations

from typing import Any, Literal

type Language = Literal["en", "ja"]

MESSAGES: dict[str, tuple[str, str]] = {
    "checked": (
        "{file}: fine (scenario {name}, digest {digest})",
        "{file}: 問題ありません（シナリオ {name}、ダイジェスト {digest}）",
    ),
    "compiling": (
        "compiling the model (once per version; about a minute)",
        "モデルをコンパイルしています（版ごとに一度、約1分）",
    ),
    "equal": (
        "every scenario but {baseline} appropriates the same in each fiscal year",
        "{baseline} 以外の全シナリオの年度別予算額は同じです",
    ),
    "rescaled": (
        "appropriations made equal to those of {scenario} by these factors: {factors}",
        "{scenario} と同じ予算額にするため、次の倍率を掛けました: {factors}",
    ),
    "failed": (
        "{failed:,} of {total:,} runs failed; {folder}/failures lists them:",
        "{total:,}回中{failed:,}回の試行が失敗しました（一覧は {folder}/failures）：",
    ),
    "failed_run": (
        "  {scenario}, point {point}, replicate {replicate}: {error}: {message}",
        "  {scenario}、点{point}、反復{replicate}：{error}: {message}",
    ),
    "more_failed": ("  and {more:,} more", "  ほか{more:,}回"),
    "no_workers": (
        "waiting: the Dask cluster has no workers; it goes on when some join",
        "待機中：Daskクラスターにワーカーがありません。参加し次第再開します",
    ),
    "interrupted": (
        "interrupted; what was finished is kept in {folder}, and the same command goes on from there",
        "中断しました。終わった分は {folder} に残っており、同じコマンドで続きから再開します",
    ),
    "batch_done": (
        "{total:,} runs in {folder} ({stored:,} were there before, {failed:,} failed; {seconds:,.0f} s)",
        "{folder} に{total:,}回の試行（うち既存{stored:,}回、失敗{failed:,}回、{seconds:,.0f}秒）",
    ),
    "checked_experiment": (
        "{file}: fine (experiment {name}, digest {digest}): {scenarios} scenarios x {points:,} points x "
        "{replicates:,} replicates = {runs:,} runs; about {time} on {workers} processes and {disk} on disk",
        "{file}: 問題ありません（実験 {name}、ダイジェスト {digest}）：シナリオ{scenarios} × 点{points:,} × "
        "反復{replicates:,} = {runs:,}回の試行。{workers}プロセスで約{time}、ディスク約{disk}",
    ),
    "verify_differences": ("Runs that differ", "一致しない試行"),
    "verified": (
        "{folder}: {tried} of {stored:,} stored runs run again: {verdicts} (root seed {seed}; made with "
        "Python {python} and numba {numba} on {machine})",
        "{folder}: 保存された{stored:,}回のうち{tried}回を再実行：{verdicts}（シード{seed}、Python {python}、"
        "numba {numba}、{machine} で作成）",
    ),
    "verifying": ("running again", "再実行中"),
    "other_model": (
        "made by another version of the model than this one; differences may be changes of the model",
        "別の版のモデルによる結果です。差はモデルの変更によるものかもしれません",
    ),
    "other_platform": (
        "made on another platform or with other versions of packages; numbers count as equal up to 1e-6",
        "別の環境またはパッケージ版による結果です。1e-6までの差は一致とみなします",
    ),
    "drawing": ("drawing figures and writing the report", "図とレポートを作成しています"),
    "analysing": ("analysing the runs", "結果を分析しています"),
    "running": ("running", "実行中"),
    "starting": ("building the world", "世界を構築しています"),
    "effects": (
        "Effect against {baseline} by {quarter}: mean and 95% interval of {replicates} paired replicates",
        "{baseline} との差（{quarter}まで）：対応のある{replicates}回の試行の平均と95%信頼区間",
    ),
    "summary": (
        "By {quarter}: mean and 5-95% band of {replicates} replicates",
        "{quarter}まで：{replicates}回の試行の平均と5〜95%の範囲",
    ),
    "money": (
        "Public money over the horizon, JPY M (mean of {replicates} replicates)",
        "期間中の公的資金、百万円（{replicates}回の試行の平均）",
    ),
    "totals": (
        "Flows and money are totals of the horizon, the rest is the state at its end.",
        "フローと金額は期間合計、その他は期末の値です。",
    ),
    "limits": (
        "Costs and effect sizes are mostly assumed: a ranking under stated assumptions, not a forecast.",
        "費用や効果の多くは仮定値です。予測ではなく、明示した仮定の下での順位付けです。",
    ),
    "outcome": ("outcome", "指標"),
    "scenario": ("scenario", "シナリオ"),
    "unit": ("unit", "単位"),
    "appropriated": ("appropriated", "予算額"),
    "spent": ("spent", "執行額"),
    "lapsed": ("lapsed", "不用額"),
    "extra_deals": ("extra deals", "成約の増加"),
    "cost_per_deal": ("spent per extra deal (95%)", "成約1件増当たり執行額 (95%)"),
    "mean": ("mean", "平均"),
    "band": ("5-95%", "5〜95%"),
    "effect": ("effect", "効果"),
    "interval": ("95% interval", "95%信頼区間"),
    "needed": ("replicates needed", "必要な試行数"),
    "results": ("results", "結果"),
    "figures": ("figures", "図"),
    "report": ("report", "レポート"),
}


def say(message: str, language: Language, /, **values: Any) -> str:
    """The message of that id in the language asked for, with the values filled in."""
    return MESSAGES[message][language == "ja"].format(**values)
