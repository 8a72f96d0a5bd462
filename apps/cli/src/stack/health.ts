/** Whether a service says that it serves: grpc.health.v1.Health, of which this is all that is needed. */
export interface HealthAnswer {
  readonly serving: boolean;
}

const EMPTY = Buffer.alloc(0);
/** HealthCheckResponse{status: SERVING} on the wire: field 1, varint, value 1. */
const SERVING = Buffer.from([0x08, 0x01]);

/** Definition of the standard health service for a client: the empty name asks for the whole process. */
export const HEALTH_SERVICE = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: (_request: object): Buffer => EMPTY,
    requestDeserialize: (_bytes: Buffer): object => ({}),
    responseSerialize: ({ serving }: HealthAnswer): Buffer => (serving ? SERVING : EMPTY),
    responseDeserialize: (bytes: Buffer): HealthAnswer => ({ serving: SERVING.equals(bytes) }),
  },
} as const;
