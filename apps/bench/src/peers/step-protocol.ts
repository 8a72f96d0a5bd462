import type { TlsFiles } from '@clearway/platform-rpc';
import { makeGenericClientConstructor, type ServiceDefinition } from '@grpc/grpc-js';
import type { Participant, StepOrder } from './saga-steps';

/** The one unary method of the naive participants. */
export const STEP_SERVICE: ServiceDefinition = {
  execute: {
    path: '/clearway.bench.NaiveParticipant/Execute',
    requestStream: false,
    responseStream: false,
    requestSerialize: (step: StepOrder) => Buffer.from(`${step.sagaId} ${step.index} ${step.account}`),
    requestDeserialize: (bytes: Buffer): StepOrder => {
      const [sagaId = '', index, account] = bytes.toString().split(' ');
      return { sagaId, index: Number(index), account: Number(account) };
    },
    responseSerialize: () => Buffer.alloc(0),
    responseDeserialize: () => undefined,
  },
};

/** A client of a naive participant. */
export const StepClient = makeGenericClientConstructor(STEP_SERVICE, 'NaiveParticipant');

/** What the orchestrator asks a participant's process for, beside steps. */
export type ParticipantCommand =
  | {
      readonly kind: 'serve';
      readonly name: Participant;
      readonly databaseUrl: string;
      readonly tls: TlsFiles;
    }
  | { readonly kind: 'look' };

/** What the process answers. */
export interface ParticipantFigures {
  readonly port: number;
  readonly cpuMicros: number;
}

/** Connections of each process of the naive peer: four of them beside a stack, on a server of 100. */
export const CONNECTIONS_MAX = 8;
