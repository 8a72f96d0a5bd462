import { create } from '@bufbuild/protobuf';
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';

const PACKAGE = 'grpc.health.v1';
const RESPONSE = `.${PACKAGE}.HealthCheckResponse`;
const SERVING_STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const string = (name: string, number: number) => ({
  name,
  number,
  type: Type.STRING,
  label: Label.OPTIONAL,
});

/**
 * Describes grpc/health/v1/health.proto for reflection. The health package carries a description too, but with type names
 * that do not resolve, so buf drops it.
 */
export function healthFile(): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    name: 'grpc/health/v1/health.proto',
    package: PACKAGE,
    syntax: 'proto3',
    messageType: [
      { name: 'HealthCheckRequest', field: [string('service', 1)] },
      checkResponse(),
      { name: 'HealthListRequest' },
      listResponse(),
    ],
    service: [
      {
        name: 'Health',
        method: [
          { name: 'Check', inputType: `.${PACKAGE}.HealthCheckRequest`, outputType: RESPONSE },
          {
            name: 'Watch',
            inputType: `.${PACKAGE}.HealthCheckRequest`,
            outputType: RESPONSE,
            serverStreaming: true,
          },
          {
            name: 'List',
            inputType: `.${PACKAGE}.HealthListRequest`,
            outputType: `.${PACKAGE}.HealthListResponse`,
          },
        ],
      },
    ],
  });
}

function checkResponse() {
  return {
    name: 'HealthCheckResponse',
    enumType: [{ name: 'ServingStatus', value: SERVING_STATUSES.map((name, number) => ({ name, number })) }],
    field: [
      {
        name: 'status',
        number: 1,
        type: Type.ENUM,
        label: Label.OPTIONAL,
        typeName: `${RESPONSE}.ServingStatus`,
      },
    ],
  };
}

function listResponse() {
  const value = { name: 'value', number: 2, type: Type.MESSAGE, label: Label.OPTIONAL, typeName: RESPONSE };
  return {
    name: 'HealthListResponse',
    nestedType: [{ name: 'StatusesEntry', field: [string('key', 1), value], options: { mapEntry: true } }],
    field: [
      {
        name: 'statuses',
        number: 1,
        type: Type.MESSAGE,
        label: Label.REPEATED,
        typeName: `.${PACKAGE}.HealthListResponse.StatusesEntry`,
      },
    ],
  };
}
