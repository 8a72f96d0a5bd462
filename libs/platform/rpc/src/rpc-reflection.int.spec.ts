import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import {
  type ReflectionRequest,
  type ReflectionResponse,
  type ReflectionVersion,
  reflectionDefinition,
} from './reflection-descriptor';
import { RpcClient } from './rpc-client';
import { auditService, descriptorSet, RpcHarness, tradingService } from './rpc-harness';
import type { TlsFiles } from './tls-files';

const BUF = path.resolve(__dirname, '../../../../node_modules/.bin/buf');
const LISTED = [
  'clearway.audit.v1.AuditService',
  'clearway.trading.v1.TradingService',
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];

describe('reflection', () => {
  let harness: RpcHarness;
  let address: string;

  beforeEach(async () => {
    harness = await RpcHarness.create();
    const services = [auditService(), tradingService({})];
    ({ address } = await harness.serve(services, { descriptorSet: descriptorSet() }));
  });

  afterEach(() => harness.close());

  it.each(['v1', 'v1alpha'] as const)(
    '%s lists services and sends files with all their imports',
    async (version) => {
      const ask = await reflect(version);
      const list = (await ask({ host: 'h', list_services: '' })) as unknown as {
        list_services_response: { service: { name: string }[] };
      };
      expect(list.list_services_response.service.map(({ name }) => name)).toEqual(LISTED);
      const trading = fileNames(await ask({ host: '', file_containing_symbol: LISTED[1] ?? '' }));
      expect(trading).toContain('clearway/common/v1/common.proto');
      expect(trading.at(-1)).toBe('clearway/trading/v1/trading_service.proto');
      const byName = await ask({ host: '', file_by_filename: 'clearway/audit/v1/audit_service.proto' });
      expect(fileNames(byName)).toEqual([
        'clearway/common/v1/common.proto',
        'clearway/audit/v1/audit_service.proto',
      ]);
      const field = await ask({ host: '', file_containing_symbol: 'clearway.audit.v1.AuditEntry.leaf_hash' });
      expect(fileNames(field).at(-1)).toBe('clearway/audit/v1/audit_service.proto');
      expect(await ask({ host: '', file_containing_symbol: 'nobody' })).toMatchObject({
        error_response: { error_code: 5 },
      });
    },
  );

  it('refuses to start when a service is not described', async () => {
    await expect(harness.serve([auditService()], { descriptorSet: new Uint8Array() })).rejects.toThrow(
      'lacks clearway',
    );
  });

  const withBuf = existsSync(BUF) ? it : it.skip;

  withBuf('serves buf curl: list, and a call without proto files', async () => {
    const tls = await harness.identity('operator/olga');
    const listed = await buf(tls, ['--list-methods', `https://${address}`]);
    expect(listed).toContain('clearway.audit.v1.AuditService/GetCheckpoint');
    expect(listed).toContain('grpc.health.v1.Health/Check');
    expect(listed).toContain('grpc.reflection.v1.ServerReflection/ServerReflectionInfo');
    const answer = await buf(tls, [
      '-d',
      '{}',
      `https://${address}/clearway.audit.v1.AuditService/GetCheckpoint`,
    ]);
    expect(JSON.parse(answer)).toEqual({ checkpoint: 'c', verifierKey: 'k' });
    const health = await buf(tls, ['-d', '{}', `https://${address}/grpc.health.v1.Health/Check`]);
    expect(JSON.parse(health)).toEqual({ status: 'SERVING' });
    const list = await buf(tls, ['-d', '{}', `https://${address}/grpc.health.v1.Health/List`]);
    expect(Object.keys(JSON.parse(list).statuses)).toContain('clearway.audit.v1.AuditService');
  });

  async function reflect(
    version: ReflectionVersion,
  ): Promise<(request: ReflectionRequest) => Promise<ReflectionResponse>> {
    const { channel } = await harness.auditClient(address, 'participant/alice');
    const client = new RpcClient(channel, reflectionDefinition(version));
    return async (request) => {
      const stream = client.duplex('ServerReflectionInfo');
      stream.write(request);
      stream.end();
      for await (const response of stream) return response;
      throw new Error('no response');
    };
  }
});

function fileNames(response: ReflectionResponse): string[] {
  if (!('file_descriptor_response' in response)) throw new Error('not found');
  return response.file_descriptor_response.file_descriptor_proto.map(
    (bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name,
  );
}

function buf(tls: TlsFiles, args: readonly string[]): Promise<string> {
  const { certPath, keyPath, caPath } = tls;
  const curl = ['curl', '--protocol', 'grpc', '--cert', certPath, '--key', keyPath, '--cacert', caPath];
  const child = spawn(BUF, [...curl, '--servername', 'localhost', ...args]);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}
