import { create, toBinary } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import type { WireMethod } from './wire-service';

/** The two versions of grpc.reflection in use; their messages are the same. */
export type ReflectionVersion = 'v1' | 'v1alpha';

/** A request as the codec decodes it; exactly one field besides `host` is set. */
export interface ReflectionRequest {
  readonly host: string;
  readonly file_by_filename?: string;
  readonly file_containing_symbol?: string;
  readonly file_containing_extension?: {
    readonly containing_type: string;
    readonly extension_number: number;
  };
  readonly all_extension_numbers_of_type?: string;
  readonly list_services?: string;
}

/** The part of a response that answers. */
export type ReflectionAnswer =
  | { readonly file_descriptor_response: { readonly file_descriptor_proto: readonly Uint8Array[] } }
  | { readonly list_services_response: { readonly service: readonly { readonly name: string }[] } }
  | {
      readonly all_extension_numbers_response: {
        readonly base_type_name: string;
        readonly extension_number: readonly number[];
      };
    }
  | { readonly error_response: { readonly error_code: number; readonly error_message: string } };

/** A response as the codec takes it. */
export type ReflectionResponse = ReflectionAnswer & {
  readonly valid_host: string;
  readonly original_request: ReflectionRequest;
};

/** The service definition, codecs included. */
export type ReflectionDefinition = {
  readonly ServerReflectionInfo: WireMethod & {
    readonly requestStream: true;
    readonly responseStream: true;
    readonly requestDeserialize: (bytes: Buffer) => ReflectionRequest;
    readonly responseDeserialize: (bytes: Buffer) => ReflectionResponse;
  };
};

const { STRING, INT32, BYTES, MESSAGE } = Type;
const ONE_OF = 0;

interface FieldShape {
  readonly type: Type;
  readonly number: number;
  readonly message?: string;
  readonly repeated?: true;
  readonly oneOf?: true;
}

const MESSAGES: Readonly<Record<string, Readonly<Record<string, FieldShape>>>> = {
  ServerReflectionRequest: {
    host: { type: STRING, number: 1 },
    file_by_filename: { type: STRING, number: 3, oneOf: true },
    file_containing_symbol: { type: STRING, number: 4, oneOf: true },
    file_containing_extension: { type: MESSAGE, number: 5, message: 'ExtensionRequest', oneOf: true },
    all_extension_numbers_of_type: { type: STRING, number: 6, oneOf: true },
    list_services: { type: STRING, number: 7, oneOf: true },
  },
  ExtensionRequest: {
    containing_type: { type: STRING, number: 1 },
    extension_number: { type: INT32, number: 2 },
  },
  ServerReflectionResponse: {
    valid_host: { type: STRING, number: 1 },
    original_request: { type: MESSAGE, number: 2, message: 'ServerReflectionRequest' },
    file_descriptor_response: { type: MESSAGE, number: 4, message: 'FileDescriptorResponse', oneOf: true },
    all_extension_numbers_response: {
      type: MESSAGE,
      number: 5,
      message: 'ExtensionNumberResponse',
      oneOf: true,
    },
    list_services_response: { type: MESSAGE, number: 6, message: 'ListServiceResponse', oneOf: true },
    error_response: { type: MESSAGE, number: 7, message: 'ErrorResponse', oneOf: true },
  },
  FileDescriptorResponse: { file_descriptor_proto: { type: BYTES, number: 1, repeated: true } },
  ExtensionNumberResponse: {
    base_type_name: { type: STRING, number: 1 },
    extension_number: { type: INT32, number: 2, repeated: true },
  },
  ListServiceResponse: { service: { type: MESSAGE, number: 1, message: 'ServiceResponse', repeated: true } },
  ServiceResponse: { name: { type: STRING, number: 1 } },
  ErrorResponse: { error_code: { type: INT32, number: 1 }, error_message: { type: STRING, number: 2 } },
};

/**
 * Describes grpc/reflection/<version>/reflection.proto. It is written out here, because @grpc/reflection, which ships the
 * file, drops dependencies between files and is of no use otherwise.
 */
export function reflectionFile(version: ReflectionVersion): FileDescriptorProto {
  const packageName = `grpc.reflection.${version}`;
  return create(FileDescriptorProtoSchema, {
    name: `grpc/reflection/${version}/reflection.proto`,
    package: packageName,
    syntax: 'proto3',
    messageType: Object.entries(MESSAGES).map(([name, fields]) => messageType(packageName, name, fields)),
    service: [
      {
        name: 'ServerReflection',
        method: [
          {
            name: 'ServerReflectionInfo',
            inputType: `.${packageName}.ServerReflectionRequest`,
            outputType: `.${packageName}.ServerReflectionResponse`,
            clientStreaming: true,
            serverStreaming: true,
          },
        ],
      },
    ],
  });
}

function messageType(packageName: string, name: string, fields: Readonly<Record<string, FieldShape>>) {
  const oneOf = name.endsWith('Request') ? 'message_request' : 'message_response';
  const hasOneOf = Object.values(fields).some((field) => field.oneOf);
  return {
    name,
    oneofDecl: hasOneOf ? [{ name: oneOf }] : [],
    field: Object.entries(fields).map(([fieldName, shape]) => ({
      name: fieldName,
      number: shape.number,
      type: shape.type,
      label: shape.repeated ? Label.REPEATED : Label.OPTIONAL,
      ...(shape.message === undefined ? {} : { typeName: `.${packageName}.${shape.message}` }),
      ...(shape.oneOf ? { oneofIndex: ONE_OF } : {}),
    })),
  };
}

/** Makes the codecs of the service from its own description. */
export function reflectionDefinition(version: ReflectionVersion): ReflectionDefinition {
  const set = create(FileDescriptorSetSchema, { file: [reflectionFile(version)] });
  const loaded = loadFileDescriptorSetFromBuffer(Buffer.from(toBinary(FileDescriptorSetSchema, set)), {
    keepCase: true,
    oneofs: false,
  });
  return loaded[`grpc.reflection.${version}.ServerReflection`] as unknown as ReflectionDefinition;
}
