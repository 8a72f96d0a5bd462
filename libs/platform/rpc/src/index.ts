export { type AccessLog, BoundedAccessLog, type RefusalCode } from './access-log';
export { type AllowPattern, type AllowRule, type AllowTable, allowRule } from './allow-table';
export { CallContext, type CallOrigin } from './call-context';
export type { RateLimit } from './call-gate';
export type { CallObserver } from './call-observer';
export { type CallOptions, DEFAULT_TIMEOUT_MS, type UnaryCallOptions } from './call-options';
export type { CallSpan } from './call-span';
export type { CallTracing } from './call-tracing';
export type { ClientDuplex, ClientStream } from './client-streams';
export { ERROR_DOMAIN, fromServiceError, toWireStatus, type WireStatus } from './error-status';
export { CALLER_KEY, type DecimalRule, FieldCheck, fields, type TextRule, TRACEPARENT_TEXT } from './fields';
export { type ForwardedCaller, ON_BEHALF_HEADER, SHARD_HEADER } from './forwarded-call';
export { LIVE } from './health-listener';
export { OVERALL, type ServingStatus } from './health-service';
export { DEFAULT_LIMITS, type RpcLimits } from './limits';
export { requireOwnAccount } from './own-account';
export { type PeerIdentity, subjectOf } from './peer-identity';
export { DEFAULT_RETRY_BUDGET, RetryBudget, type RetryBudgetOptions } from './retry-budget';
export { type CertificateMarks, parseRevocations, RevocationList, SharedMarks } from './revocation-list';
export { RpcChannel, type RpcChannelOptions } from './rpc-channel';
export { type ClientConstructor, createRpcClient, RpcClient } from './rpc-client';
export { type FieldViolation, RpcError, type RpcErrorOptions } from './rpc-error';
export type { RpcLog } from './rpc-log';
export { createRpcServer, RpcServer, type RpcServerOptions } from './rpc-server';
export { type RpcService, type RpcServiceSpec, rpcService } from './rpc-service';
export { groupOfServerHello, TLS_GROUPS } from './server-hello';
export type { ServiceSubject } from './server-identity';
export type {
  BidiHandler,
  DuplexStream,
  HandlerOf,
  ResponseStream,
  ServerStreamHandler,
  ServiceHandlers,
  UnaryHandler,
} from './service-handlers';
export { TLS_POLL_INTERVAL_MS, type TlsFiles, tlsFilesOf } from './tls-files';
export { type ItemDone, TurnBatcher, type TurnBatcherOptions } from './turn-batcher';
export { fromWireReasons, toWireReasons } from './wire-reasons';
export type { RequestOf, ResponseOf, WireMethod, WireService } from './wire-service';
