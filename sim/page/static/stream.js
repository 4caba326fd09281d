/** Streams read piece by piece: some browsers in use cannot loop over one by themselves. */

/**
 * @param {ReadableStream} stream
 * @yields {*} its pieces.
 */
export async function* pieces(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
