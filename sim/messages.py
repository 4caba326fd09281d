"""What the command line says, in English and Japanese, by id."""

from __future__ import annotations

from typing import Any, Literal

type Language = Literal["en", "ja"]

MESSAGES: dict[str, tuple[str, str]] = {
    "additional_deals": ("additional deals", "追加的成約"),
    "appropriated": ("appropriated", "予算額"),
    "checked": ("{file}: fine (scenario {name}, digest {digest})", "{file}: 問題ありません（シナリオ {name}、ダイジェスト {digest}）"),
    "compiling": ("compiling the model (once per version; about half a minute)", "モデルをコンパイルしています（版ごとに一度、約30秒）"),
    "cost_per_deal": ("spent per additional deal", "追加成約1件当たり執行額"),
    "drawing": ("drawing figures and writing the report", "図とレポートを作成しています"),
    "effect": ("effect", "効果"),
    "effects": (
        "Effects against {baseline}: mean and 95% interval of {replicates} paired replicates, {quarter}",
        "{baseline} との差：対応のある{replicates}回の試行の平均と95%信頼区間（{quarter}）",
    ),
    "equal": ("every scenario but {baseline} appropriates the same in each fiscal year", "{baseline} 以外の全シナリオの年度別予算額は同じです"),
    "failed": ("{failed} of {total} runs failed; they are listed in {folder}", "{total}回中{failed}回の試行が失敗しました。一覧: {folder}"),
    "figures": ("figures", "図"),
    "interrupted": (
        "interrupted; {done} of {total} runs are kept in {folder}, and the same command goes on from there",
        "中断しました。{total}回中{done}回の結果は {folder} にあり、同じコマンドで続きから再開します",
    ),
    "interval": ("95% interval", "95%信頼区間"),
    "lapsed": ("lapsed", "不用額"),
    "lever": ("lever", "施策"),
    "loading": ("reading the results", "結果を読み込んでいます"),
    "mean": ("mean", "平均"),
    "money": ("Public money over the horizon, JPY M (mean of {replicates} replicates)", "期間中の公的資金、百万円（{replicates}回の試行の平均）"),
    "needed": ("replicates needed", "必要な試行数"),
    "note": (
        "Costs and effect sizes are mostly assumed: read this as a ranking under stated assumptions, not a forecast.",
        "費用や効果の多くは仮定値です。予測ではなく、仮定の下での順位付けとしてお読みください。",
    ),
    "outcome": ("outcome", "指標"),
    "report": ("report", "レポート"),
    "rescaled": ("{scenario} FY{year}: appropriation {total} times {factor}", "{scenario} {year}年度: 予算額 {total} × {factor}"),
    "results": ("results", "結果"),
    "running": ("running", "実行中"),
    "scenario": ("scenario", "シナリオ"),
    "spent": ("spent", "執行額"),
    "starting": ("building the world", "世界を構築しています"),
    "summary": (
        "{scenario}: mean of {replicates} replicates and 5-95% band, {quarter} (flows are totals of the horizon)",
        "{scenario}：{replicates}回の試行の平均と5〜95%の範囲、{quarter}（フローは期間合計）",
    ),
    "band": ("5-95% band", "5〜95%"),
    "unit": ("unit", "単位"),
}  # fmt: skip


def say(message: str, language: Language, **values: Any) -> str:
    """The message of that id in the language asked for, with the values filled in."""
    return MESSAGES[message][language == "ja"].format(**values)
