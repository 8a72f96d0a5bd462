import { loadAuditSettings } from './config';

const ENVIRONMENT = {
  CLEARWAY_LISTEN: '127.0.0.1:7004',
  CLEARWAY_POSTGRES_URL: 'postgres://a:b@127.0.0.1:5432/clearway_audit',
  CLEARWAY_TLS_CA: '/pki/ca.pem',
  CLEARWAY_TLS_CERT: '/pki/audit.pem',
  CLEARWAY_TLS_KEY: '/pki/audit.key',
  CLEARWAY_AUDIT_KEY: '/pki/log.pem',
  CLEARWAY_SOURCES: 'trading/0=127.0.0.1:7001, risk/0=[::1]:7002|risk-1:7002',
};

it('reads sources, and has a name for the log', () => {
  expect(loadAuditSettings(ENVIRONMENT)).toMatchObject({
    CLEARWAY_SOURCES: [
      { shard: 'trading/0', addresses: [{ host: '127.0.0.1', port: 7001 }] },
      {
        shard: 'risk/0',
        addresses: [
          { host: '::1', port: 7002 },
          { host: 'risk-1', port: 7002 },
        ],
      },
    ],
    CLEARWAY_AUDIT_ORIGIN: 'clearway.example/audit/0',
    CLEARWAY_DEVELOPMENT: false,
  });
});

it.each([
  ['CLEARWAY_SOURCES', ''],
  ['CLEARWAY_SOURCES', 'trading=127.0.0.1:7001'],
  ['CLEARWAY_SOURCES', 'trading/0=127.0.0.1'],
  ['CLEARWAY_SOURCES', 'trading/0=127.0.0.1:0'],
  ['CLEARWAY_SOURCES', 'trading/0=127.0.0.1:7001|'],
  ['CLEARWAY_SOURCES', 'trading/0=127.0.0.1:7001,trading/0=127.0.0.1:7002'],
  ['CLEARWAY_SOURCES', 'trading/0=127.0.0.1:7001,audit/0=127.0.0.1:7004'],
  ['CLEARWAY_AUDIT_ORIGIN', 'two words'],
  ['CLEARWAY_AUDIT_KEY', 'log.pem'],
  ['CLEARWAY_DEVELOPMENT', 'yes'],
])('refuses %s=%j', (name, value) => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const exit = jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit');
  });
  expect(() => loadAuditSettings({ ...ENVIRONMENT, [name]: value })).toThrow('exit');
  expect(write.mock.calls.join()).toContain(name);
  expect(exit).toHaveBeenCalledWith(78);
  jest.restoreAllMocks();
});
