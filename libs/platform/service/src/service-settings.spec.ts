import { ConfigError, parseConfig, z } from '@clearway/platform-config';
import { serviceSettings } from './service-settings';

const COMPLETE = {
  CLEARWAY_LISTEN: '127.0.0.1:7002',
  CLEARWAY_POSTGRES_URL: 'postgres://app:secret@127.0.0.1:5432/clearway_risk',
  CLEARWAY_TLS_CA: '/pki/ca.crt',
  CLEARWAY_TLS_CERT: '/pki/risk.crt',
  CLEARWAY_TLS_KEY: '/pki/risk.key',
};

describe('serviceSettings', () => {
  it('needs an address, a database and certificates, and has defaults for the rest', () => {
    const settings = parseConfig(z.object(serviceSettings), COMPLETE);
    expect(settings.CLEARWAY_LISTEN).toEqual({ host: '127.0.0.1', port: 7002 });
    expect(settings.CLEARWAY_ASSETS.get('USD')).toBe(2);
    expect(settings.CLEARWAY_INSTANCE).toMatch(/:\d+$/);
    expect(() => parseConfig(z.object(serviceSettings), {})).toThrow(ConfigError);
  });

  it('refuses half a catalogue', () => {
    const settings = { ...COMPLETE, CLEARWAY_ASSETS: 'USD:2,AMZN' };
    expect(() => parseConfig(z.object(serviceSettings), settings)).toThrow('CLEARWAY_ASSETS');
  });
});
