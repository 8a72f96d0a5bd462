/** What every HTTP/2 client says first (RFC 9113, 3.4), and an empty SETTINGS frame after it. */
export const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

/** Types of frames (RFC 9113, 6). */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** END_HEADERS among a frame's flags. */
export const END_HEADERS = 0x4;
/** END_STREAM among a frame's flags. */
export const END_STREAM = 0x1;
const PADDED = 0x8;

/** One frame; `lengthSaid` lets it lie about its length. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
  lengthSaid: number = payload.length,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(lengthSaid, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Header fields without table or Huffman code (RFC 7541, 6.2.2), values below 127 bytes. */
export function fields(entries: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    entries.flatMap(([name, value]) => [
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]),
  );
}

/** Header fields of a call. */
export function callHeaders(path: string): Buffer {
  return fields([
    [':method', 'POST'],
    [':scheme', 'https'],
    [':path', path],
    [':authority', 'clearway'],
    ['content-type', 'application/grpc'],
    ['te', 'trailers'],
  ]);
}

const four = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Calls to WatchOrders, each taken back at once. */
function rapidResets(path: string, count: number): Buffer {
  const headers = callHeaders(path);
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => {
      const stream = 2 * index + 1;
      return Buffer.concat([
        frame(TYPE.headers, END_HEADERS, stream, headers),
        frame(TYPE.reset, 0, stream, four(8)),
      ]);
    }),
  );
}

const many = (one: Buffer, count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => one));
const KIB_16 = Buffer.alloc(16_384, 0x61);

/** Bytes that no honest client sends once its connection stands, by what they are. */
export function brokenConversations(path: string): Readonly<Record<string, Buffer>> {
  const open = frame(TYPE.headers, END_HEADERS, 1, callHeaders(path));
  const unended = frame(TYPE.headers, 0, 1, callHeaders(path));
  return {
    'HTTP/1.1': Buffer.from('GET / HTTP/1.1\r\nHost: clearway\r\n\r\n'),
    zeros: Buffer.alloc(100_000),
    'half a preface': Buffer.from('PRI * HTTP/2.0\r\n\r\nSM'),
    'a frame of 16 MB': Buffer.concat([PREFACE, frame(TYPE.data, 0, 1, KIB_16, 0xffffff)]),
    'data on stream 0': Buffer.concat([PREFACE, frame(TYPE.data, 0, 0, KIB_16)]),
    'headers on an even stream': Buffer.concat([
      PREFACE,
      frame(TYPE.headers, END_HEADERS, 2, callHeaders(path)),
    ]),
    'settings of five bytes': Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0, Buffer.alloc(5))]),
    'window of nothing': Buffer.concat([PREFACE, frame(TYPE.windowUpdate, 0, 0, four(0))]),
    'window beyond its end': Buffer.concat([
      PREFACE,
      many(frame(TYPE.windowUpdate, 0, 0, four(0x7fffffff)), 3),
    ]),
    'push from a client': Buffer.concat([PREFACE, frame(TYPE.push, END_HEADERS, 1, four(2))]),
    'continuation of nothing': Buffer.concat([
      PREFACE,
      frame(TYPE.continuation, END_HEADERS, 1, callHeaders(path)),
    ]),
    'padding beyond the frame': Buffer.concat([
      PREFACE,
      open,
      frame(TYPE.data, PADDED, 1, Buffer.from([200, 1])),
    ]),
    'unknown frames': Buffer.concat([PREFACE, many(frame(0xfe, 0xff, 7, KIB_16), 50)]),
    'a header of no index': Buffer.concat([
      PREFACE,
      frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])),
    ]),
    'a header without end': Buffer.concat([
      PREFACE,
      frame(TYPE.headers, END_HEADERS, 1, Buffer.alloc(64, 0xff)),
    ]),
    'a table of 4 GB': Buffer.concat([
      PREFACE,
      frame(TYPE.headers, END_HEADERS, 1, Buffer.from([0x3f, 0xff, 0xff, 0xff, 0xff, 0x0f])),
    ]),
    'headers of 8 MB': Buffer.concat([PREFACE, unended, many(frame(TYPE.continuation, 0, 1, KIB_16), 512)]),
    'empty continuations': Buffer.concat([PREFACE, unended, many(frame(TYPE.continuation, 0, 1), 50_000)]),
    pings: Buffer.concat([PREFACE, many(frame(TYPE.ping, 0, 0, Buffer.alloc(8)), 50_000)]),
    settings: Buffer.concat([
      PREFACE,
      many(frame(TYPE.settings, 0, 0, Buffer.from([0, 4, 0, 0, 255, 255])), 50_000),
    ]),
    priorities: Buffer.concat([PREFACE, many(frame(TYPE.priority, 0, 9, Buffer.alloc(5)), 50_000)]),
    'empty data': Buffer.concat([PREFACE, open, many(frame(TYPE.data, 0, 1), 50_000)]),
    'rapid resets': Buffer.concat([PREFACE, rapidResets(path, 20_000)]),
    'a message of 4 GB said': Buffer.concat([
      PREFACE,
      open,
      frame(TYPE.data, END_STREAM, 1, Buffer.from([0, 255, 255, 255, 255, 1])),
    ]),
  };
}
