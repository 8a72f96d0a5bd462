import { z } from 'zod';
import { CONFIG_EXIT_STATUS, ConfigError, loadConfig, parseConfig } from './load-config';
import { listenSettings, postgresSettings, telemetrySettings, tlsSettings } from './service-settings';
import { flag, peerAddresses } from './settings';

const schema = z.object({
  ...tlsSettings,
  ...listenSettings,
  ...postgresSettings,
  ...telemetrySettings,
  CLEARWAY_RISK: peerAddresses(),
});

const good = {
  CLEARWAY_TLS_CA: '/pki/ca.crt',
  CLEARWAY_TLS_CERT: '/pki/service-trading.crt',
  CLEARWAY_TLS_KEY: '/pki/service-trading.key',
  CLEARWAY_LISTEN: '127.0.0.1:7001',
  CLEARWAY_POSTGRES_URL: 'postgres://app:s3cret@127.0.0.1:15432/clearway_trading',
  CLEARWAY_RISK: 'risk-0:7002, [::1]:7003',
  PATH: '/usr/bin',
};

test('a good environment gives typed values and defaults, and nothing else', () => {
  const config = parseConfig(schema, good);
  expect(config).toEqual({
    CLEARWAY_TLS_CA: '/pki/ca.crt',
    CLEARWAY_TLS_CERT: '/pki/service-trading.crt',
    CLEARWAY_TLS_KEY: '/pki/service-trading.key',
    CLEARWAY_LISTEN: { host: '127.0.0.1', port: 7001 },
    CLEARWAY_POSTGRES_URL: good.CLEARWAY_POSTGRES_URL,
    CLEARWAY_POSTGRES_POOL_SIZE_MAX: 10,
    CLEARWAY_LOG_LEVEL: 'info',
    CLEARWAY_TRACE_SAMPLING_RATIO: 0.01,
    CLEARWAY_RISK: [
      { host: 'risk-0', port: 7002 },
      { host: '::1', port: 7003 },
    ],
  });
  const port: number = config.CLEARWAY_LISTEN.port;
  expect(port).toBe(7001);
});

test('the configuration is frozen all the way down', () => {
  const config = parseConfig(schema, good);
  expect(
    [config, config.CLEARWAY_LISTEN, config.CLEARWAY_RISK, config.CLEARWAY_RISK[0]].every(Object.isFrozen),
  ).toBe(true);
});

test('every problem is listed at once, with what is expected, and no value of any kind', () => {
  const bad = {
    ...good,
    CLEARWAY_POSTGRES_URL: 'mysql://app:s3cret@x/y',
    CLEARWAY_LISTEN: '',
    CLEARWAY_LOG_LEVEL: 'loud',
    CLEARWAY_RISK: 'hush:0',
  };
  let caught: unknown;
  try {
    parseConfig(schema, bad);
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(ConfigError);
  expect((caught as ConfigError).problems).toEqual([
    {
      name: 'CLEARWAY_LISTEN',
      problem: 'is missing',
      expected: 'HOST:PORT to listen on, for example 127.0.0.1:7001',
    },
    {
      name: 'CLEARWAY_POSTGRES_URL',
      problem: 'is not valid',
      expected: 'postgres://USER:PASSWORD@HOST:PORT/DATABASE (secret)',
    },
    {
      name: 'CLEARWAY_LOG_LEVEL',
      problem: 'is not valid',
      expected: 'one of trace, debug, info, warn, error, fatal, silent',
    },
    {
      name: 'CLEARWAY_RISK',
      problem: 'is not valid',
      expected: 'HOST:PORT[,HOST:PORT…] of a peer, each once',
    },
  ]);
  const { message, stack } = caught as ConfigError;
  for (const secret of ['s3cret', 'mysql', 'loud', 'hush'])
    expect(`${message}${stack}`).not.toContain(secret);
});

test('zod rules of a service itself show no value either', () => {
  const own = z.object({ TOKEN: z.literal('expected-token'), MODE: z.enum(['a', 'b']) });
  expect(() => parseConfig(own, { TOKEN: 's3cret', MODE: 'c' })).toThrow(ConfigError);
  expect(() => parseConfig(own, { TOKEN: 's3cret', MODE: 'c' })).not.toThrow(/s3cret|expected-token/);
});

test('a wrong configuration ends the process with a table', () => {
  const written: string[] = [];
  const ending = {
    write: (text: string) => void written.push(text),
    exit: (status: number): never => {
      throw new Error(`exit ${status}`);
    },
  };
  expect(() => loadConfig(z.object({ A: flag(), LONGER: flag() }), { A: 'yes' }, ending)).toThrow(
    `exit ${CONFIG_EXIT_STATUS}`,
  );
  expect(written.join('')).toBe(
    [
      'The configuration has 2 problem(s):',
      '  name    problem       expected',
      '  A       is not valid  true or false',
      '  LONGER  is missing    true or false',
      '',
    ].join('\n'),
  );
});
