import type { z } from 'zod';
import {
  absolutePath,
  httpUrl,
  listenAddress,
  logLevel,
  optional,
  postgresUrl,
  ratio,
  wholeNumber,
  withDefault,
} from './settings';

const POOL_SIZE_MAX = 100;
const POOL_SIZE_DEFAULT = 10;

/** The three files of mutual TLS. Spread into a service's schema: `z.object({ ...tlsSettings, … })`. */
export const tlsSettings = {
  CLEARWAY_TLS_CA: absolutePath('the CA certificate (PEM)'),
  CLEARWAY_TLS_CERT: absolutePath("the service's certificate (PEM)"),
  CLEARWAY_TLS_KEY: absolutePath("the service's private key (PEM)"),
} as const satisfies z.core.$ZodLooseShape;

/** Where a service listens, and where it tells health without TLS for probes that have no certificate (left out: nowhere). */
export const listenSettings = {
  CLEARWAY_LISTEN: listenAddress(),
  CLEARWAY_HEALTH_LISTEN: optional(listenAddress()),
} as const satisfies z.core.$ZodLooseShape;

/**
 * A service's database: the URL of the role it works as, that of the owner for migrations (left out where something
 * else migrates), and how many connections it may hold.
 */
export const postgresSettings = {
  CLEARWAY_POSTGRES_URL: postgresUrl(),
  CLEARWAY_POSTGRES_OWNER_URL: optional(postgresUrl()),
  CLEARWAY_POSTGRES_POOL_SIZE_MAX: withDefault(
    wholeNumber('connections', 1, POOL_SIZE_MAX),
    POOL_SIZE_DEFAULT,
  ),
} as const satisfies z.core.$ZodLooseShape;

/** Logs, traces and metrics. Without an endpoint nothing is exported, without an address no metrics are served. */
export const telemetrySettings = {
  CLEARWAY_LOG_LEVEL: withDefault(logLevel(), 'info' as const),
  CLEARWAY_OTLP_ENDPOINT: optional(httpUrl('an OTLP/HTTP collector')),
  CLEARWAY_TRACE_SAMPLING_RATIO: withDefault(ratio(), 0.01),
  CLEARWAY_METRICS_LISTEN: optional(listenAddress()),
} as const satisfies z.core.$ZodLooseShape;
