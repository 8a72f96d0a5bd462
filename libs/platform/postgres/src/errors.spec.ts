import { EmbeddedPostgresError, failureFromOutput } from './errors';

test.each([
  ['initdb: error: could not write file "x": No space left on device', 'DISK_FULL'],
  ['FATAL:  could not extend file "base/1/2": Disk quota exceeded', 'DISK_FULL'],
  ['LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', 'PORT_TAKEN'],
  ['FATAL:  could not create any TCP/IP sockets', 'PORT_TAKEN'],
  ['FATAL:  out of patience', 'START_FAILED'],
  ['', 'START_FAILED'],
])('output %j means %s', (output, code) => {
  const error = failureFromOutput('START_FAILED', output, 'exit 1');
  expect(error).toBeInstanceOf(EmbeddedPostgresError);
  expect(error.code).toBe(code);
});

test('the message shows only the last lines of a long output', () => {
  const output = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n');
  expect(failureFromOutput('INITDB_FAILED', output, 'exit 1').message).toContain('line 99');
  expect(failureFromOutput('INITDB_FAILED', output, 'exit 1').message).not.toContain('line 80');
});
