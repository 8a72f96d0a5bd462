import { readdirSync } from 'node:fs';
import path from 'node:path';
import { createFileRegistry, type DescMessage, type DescService, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MethodDefinition as GrpcMethod, ServiceDefinition as GrpcService } from '@grpc/grpc-js';
import { loadSync, type MessageTypeDefinition, type ServiceDefinition } from '@grpc/proto-loader';
import fc from 'fast-check';
import { casesOf, type Sample, samplesOf } from './fixtures/message-samples';
import * as contracts from './index';

const PROTO = path.resolve(__dirname, '../../../proto');
const SAMPLES_PER_CASE = 15;

/** What generated code offers for one message. */
interface Codec {
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, Buffer.from(contracts.descriptorSetBase64, 'base64')),
);
const files = [...registry.files].filter(({ proto }) => proto.package.startsWith('clearway.'));
const messages = files.flatMap((file) => file.messages.flatMap(withNested));
const services = files.flatMap((file) => file.services);
const methods = services.flatMap((service) => service.methods.map((method) => ({ service, method })));

/** proto/ as @grpc/proto-loader reads it at run time, which is how a client without our code sees us. */
const loaded = loadSync(protoFiles(), {
  includeDirs: [PROTO],
  longs: String,
  enums: Number,
  defaults: true,
  oneofs: true,
});

test('the descriptors, the files and proto-loader tell of the same messages and services', () => {
  expect(messages.length).toBeGreaterThan(100);
  const known = [...messages, ...services].map(({ typeName }) => typeName);
  const theirs = Object.entries(loaded).filter(
    ([name, { format }]) => name.startsWith('clearway.') && !isEnum(format),
  );
  expect(theirs.map(([name]) => name).sort()).toEqual([...known].sort());
});

describe.each(messages.map((message) => ({ name: message.typeName, message })))('$name', ({ message }) => {
  const codec = codecOf(message);
  const theirs = loaded[message.typeName] as MessageTypeDefinition<object, object>;

  it.each(casesOf(message))('reads the same on both sides, case %s', (forcedCase) => {
    check(samplesOf(message, forcedCase), (sample) => {
      const ours = Buffer.from(codec.encode(sample.ours).finish());
      expect(theirs.deserialize(ours)).toEqual(sample.theirs);
      expect(codec.decode(theirs.serialize(sample.theirs as object))).toEqual(sample.ours);
    });
  });
});

describe.each(services.map((service) => ({ name: service.typeName, service })))('$name', ({ service }) => {
  it('has the methods that proto-loader finds', () => {
    const theirs = loaded[service.typeName] as ServiceDefinition;
    const shape = ({ path, requestStream, responseStream }: GrpcMethod<never, never>) => ({
      path,
      requestStream,
      responseStream,
    });
    const found = Object.values(theirs).map((method) => [method.originalName, shape(method as never)]);
    const ours = Object.entries(definitionOf(service)).map(([name, method]) => [
      name,
      shape(method as never),
    ]);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(found));
  });
});

it.each(
  methods.map(({ service, method }) => [`${service.typeName}/${method.name}`, service, method] as const),
)('%s takes and gives the messages that proto-loader finds', (_name, service, method) => {
  const ours = definitionOf(service)[method.localName] as unknown as GrpcMethod<unknown, unknown>;
  const theirs = (loaded[service.typeName] as ServiceDefinition)[method.name]!;
  check(samplesOf(method.input), (sample) => {
    expect(theirs.requestDeserialize(ours.requestSerialize(sample.ours))).toEqual(sample.theirs);
    expect(ours.requestDeserialize(theirs.requestSerialize(sample.theirs as object))).toEqual(sample.ours);
  });
  check(samplesOf(method.output), (sample) => {
    expect(theirs.responseDeserialize(ours.responseSerialize(sample.ours))).toEqual(sample.theirs);
    expect(ours.responseDeserialize(theirs.responseSerialize(sample.theirs as object))).toEqual(sample.ours);
  });
});

function check(samples: fc.Arbitrary<Sample>, holds: (sample: Sample) => void): void {
  fc.assert(fc.property(samples, holds), { numRuns: SAMPLES_PER_CASE });
}

function protoFiles(): string[] {
  return readdirSync(path.join(PROTO, 'clearway'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.proto'))
    .map((file) => path.join('clearway', file));
}

function withNested(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

function isEnum(format: unknown): boolean {
  return format === 'Protocol Buffer 3 EnumDescriptorProto';
}

/** Finds what the door of this package exports for a message: `trading.Order` for clearway.trading.v1.Order. */
function codecOf(message: DescMessage): Codec {
  const codec = exported(message.typeName.split('.').slice(3).join('_'), message.file.proto.package);
  if (codec === undefined) throw new Error(`${message.typeName} is not exported`);
  return codec as Codec;
}

function definitionOf(service: DescService): GrpcService {
  const definition = exported(`${service.name}Service`, service.file.proto.package);
  if (definition === undefined) throw new Error(`${service.typeName} is not exported`);
  return definition as GrpcService;
}

function exported(name: string, protoPackage: string): unknown {
  const namespaces = contracts as unknown as Record<string, Record<string, unknown>>;
  return namespaces[protoPackage.split('.')[1]!]?.[name];
}
