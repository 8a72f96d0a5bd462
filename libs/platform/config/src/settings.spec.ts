import type { z } from 'zod';
import {
  absolutePath,
  durationMs,
  flag,
  httpUrl,
  listenAddress,
  peerAddress,
  peerAddresses,
  postgresUrl,
  ratio,
  sizeBytes,
} from './settings';

const refused = Symbol('refused');

function read<T>(schema: z.ZodType<T, string>, text: string): T | typeof refused {
  const result = schema.safeParse(text);
  return result.success ? result.data : refused;
}

test.each([
  ['127.0.0.1:7001', { host: '127.0.0.1', port: 7001 }],
  [' localhost:0 ', { host: 'localhost', port: 0 }],
  ['[::]:7001', { host: '::', port: 7001 }],
  ['a.b-c.svc:65535', { host: 'a.b-c.svc', port: 65_535 }],
  ['localhost', refused],
  [':7001', refused],
  ['::1:7001', refused],
  ['[127.0.0.1]:7001', refused],
  ['localhost:65536', refused],
  ['localhost:-1', refused],
  ['http://localhost:1', refused],
  ['a b:1', refused],
  ['-a:1', refused],
])('listen address %j', (text, expected) => {
  expect(read(listenAddress(), text)).toEqual(expected);
});

test('a peer has a port, and each of several is named once', () => {
  expect(read(peerAddress(), 'risk:0')).toBe(refused);
  expect(['a:1,a:1', 'a:1,', ',', 'a:1;b:2'].map((text) => read(peerAddresses(), text))).toEqual(
    Array(4).fill(refused),
  );
  expect(read(peerAddresses(), 'a:1,b:2')).toHaveLength(2);
});

test.each(['postgres://u@h/d', 'postgresql://u:p%40@h:1/d?sslmode=require'])('%s is a database', (text) => {
  expect(read(postgresUrl(), text)).toBe(text);
});

test.each(['', 'postgres://h/d', 'postgres://u@h', 'postgres://u@h/', 'http://u@h/d', 'u@h/d'])(
  '%j is none',
  (text) => {
    expect(read(postgresUrl(), text)).toBe(refused);
  },
);

test.each([
  ['500', 500],
  ['1', 1],
  ['0', refused],
  ['1001', refused],
  ['5s', refused],
  ['1e2', refused],
  ['0x10', refused],
  ['1.5', refused],
  ['', refused],
])('%j as 1 to 1000 milliseconds or bytes', (text, expected) => {
  expect(read(durationMs(1, 1000), text)).toBe(expected);
  expect(read(sizeBytes(1, 1000), text)).toBe(expected);
});

test.each([
  ['0', 0],
  ['1', 1],
  ['0.05', 0.05],
  ['.5', 0.5],
  ['1.01', refused],
  ['-0.1', refused],
  ['5%', refused],
  ['NaN', refused],
])('%j as a ratio', (text, expected) => {
  expect(read(ratio(), text)).toBe(expected);
});

test('flags, paths and URLs are exact', () => {
  expect(['true', 'false', 'yes', '1', 'TRUE'].map((text) => read(flag(), text))).toEqual([
    true,
    false,
    refused,
    refused,
    refused,
  ]);
  expect(['/a/b', 'a/b', './a'].map((text) => read(absolutePath('x'), text))).toEqual([
    '/a/b',
    refused,
    refused,
  ]);
  const urls = ['http://otel:4318', 'https://otel/x', 'http://u:p@otel', 'otel:4318', 'file:///x'];
  expect(urls.map((text) => read(httpUrl('x'), text))).toEqual([urls[0], urls[1], refused, refused, refused]);
});
