import { status } from '@grpc/grpc-js';
import { DescriptorIndex } from './descriptor-index';
import { healthFile } from './health-descriptor';
import {
  type ReflectionAnswer,
  type ReflectionDefinition,
  type ReflectionRequest,
  type ReflectionVersion,
  reflectionDefinition,
  reflectionFile,
} from './reflection-descriptor';
import { type RpcService, rpcService } from './rpc-service';

const VERSIONS: readonly ReflectionVersion[] = ['v1', 'v1alpha'];
const serviceName = (version: ReflectionVersion): string => `grpc.reflection.${version}.ServerReflection`;

/**
 * Server reflection, both versions in use, so that grpcurl and buf curl need no proto files. `serviceNames` are those that
 * this server serves; `descriptorSet` may describe more.
 */
export function reflectionServices(descriptorSet: Uint8Array, serviceNames: readonly string[]): RpcService[] {
  const index = new DescriptorIndex();
  index.addSet(descriptorSet);
  index.add([healthFile(), ...VERSIONS.map(reflectionFile)]);
  const listed = [...serviceNames, ...VERSIONS.map(serviceName)].sort();
  for (const name of listed) if (!index.has(name)) throw new Error(`the descriptor set lacks ${name}`);
  return VERSIONS.map((version) => reflectionService(version, index, listed));
}

function reflectionService(
  version: ReflectionVersion,
  index: DescriptorIndex,
  listed: readonly string[],
): RpcService {
  return rpcService<ReflectionDefinition>({
    definition: reflectionDefinition(version),
    handlers: {
      ServerReflectionInfo: async (_call, stream) => {
        for await (const request of stream.requests) {
          const answer = answerTo(request, index, listed);
          await stream.send({ valid_host: request.host, original_request: request, ...answer });
        }
      },
    },
    allow: { ServerReflectionInfo: ['*'] },
  });
}

function answerTo(
  request: ReflectionRequest,
  index: DescriptorIndex,
  listed: readonly string[],
): ReflectionAnswer {
  if (request.list_services !== undefined) {
    return { list_services_response: { service: listed.map((name) => ({ name })) } };
  }
  if (request.file_by_filename !== undefined) return files(index.byFileName(request.file_by_filename));
  if (request.file_containing_symbol !== undefined) {
    return files(index.bySymbol(request.file_containing_symbol));
  }
  const type = request.all_extension_numbers_of_type;
  if (type !== undefined && index.has(type)) {
    return { all_extension_numbers_response: { base_type_name: type, extension_number: [] } };
  }
  return files(undefined);
}

function files(found: readonly Uint8Array[] | undefined): ReflectionAnswer {
  if (found) return { file_descriptor_response: { file_descriptor_proto: found } };
  return { error_response: { error_code: status.NOT_FOUND, error_message: 'not found' } };
}
