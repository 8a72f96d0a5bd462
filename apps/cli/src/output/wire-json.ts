import {
  createFileRegistry,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { descriptorSetBase64 } from '@clearway/contracts';

/** What is needed of a method's definition to write its answers: its name and its codec. */
export interface AnsweringMethod<Response> {
  readonly path: string;
  readonly responseSerialize: (value: Response) => Buffer;
}

/** What is needed of a method's definition to read its requests. */
export interface AskingMethod<Request> {
  readonly path: string;
  readonly requestDeserialize: (bytes: Buffer) => Request;
}

let known: FileRegistry | undefined;

/**
 * An answer in Protobuf's JSON mapping, as grpcurl and buf curl print it: enums by name, 64-bit integers and decimals as
 * strings. Unset fields are written too, so that a program finds every key.
 */
export function wireJson<Response>(method: AnsweringMethod<Response>, response: Response): JsonValue {
  const [, serviceName = '', methodName = ''] = method.path.split('/');
  const registry = registryOfWire();
  const output = registry.getService(serviceName)?.methods.find(({ name }) => name === methodName)?.output;
  if (!output) throw new Error(`the descriptor set lacks ${method.path}`);
  const message = fromBinary(output, method.responseSerialize(response));
  return toJson(output, message, { alwaysEmitImplicit: true, registry });
}

/** The same, where the answer is taken apart: the value of one of its fields. */
export function wireJsonField<Response>(
  method: AnsweringMethod<Response>,
  response: Response,
  field: string,
): JsonValue {
  const whole = wireJson(method, response);
  const isObject = typeof whole === 'object' && whole !== null && !Array.isArray(whole);
  return (isObject ? whole[field] : undefined) ?? null;
}

/** A request from Protobuf's JSON mapping, as grpcurl and buf curl take it. Throws an Error that names the field for what is no such request. */
export function requestFromJson<Request>(method: AskingMethod<Request>, json: JsonValue): Request {
  const [, serviceName = '', methodName = ''] = method.path.split('/');
  const registry = registryOfWire();
  const input = registry.getService(serviceName)?.methods.find(({ name }) => name === methodName)?.input;
  if (!input) throw new Error(`the descriptor set lacks ${method.path}`);
  const message = fromJson(input, json, { registry });
  return method.requestDeserialize(Buffer.from(toBinary(input, message)));
}

function registryOfWire(): FileRegistry {
  const bytes = Buffer.from(descriptorSetBase64, 'base64');
  known ??= createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  return known;
}
