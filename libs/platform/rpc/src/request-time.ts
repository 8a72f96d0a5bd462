import { constants, type ServerHttp2Session } from 'node:http2';

/**
 * Resets calls whose request does not arrive whole in time. A deadline is the caller's own to set, and what is not decoded yet
 * counts against no limit of calls in flight: without this, bytes that drip would hold memory for as long as a caller likes.
 */
export function limitRequestTime(
  session: ServerHttp2Session,
  timeMaxMs: number,
  takesManyRequests: (path: string) => boolean,
): void {
  session.on('stream', (stream, headers) => {
    if (takesManyRequests(headers[':path'] ?? '')) return;
    const timer = setTimeout(() => {
      if (stream.state.remoteClose !== 1) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    }, timeMaxMs);
    timer.unref();
    stream.once('close', () => clearTimeout(timer));
  });
}
