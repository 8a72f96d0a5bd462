/**
 * A participant of the naive saga (`npm run bench -- --peers`), a process of its own as a service would be: each unary call is
 * one database transaction, and the answer leaves after its commit. Its parent tells it what to do.
 */
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { executeStep, type StepOrder } from './saga-steps';
import { peerPool } from './scratch-database';
import {
  CONNECTIONS_MAX,
  type ParticipantCommand,
  type ParticipantFigures,
  STEP_SERVICE,
} from './step-protocol';

let port = 0;

async function serve({ databaseUrl, tls }: Extract<ParticipantCommand, { kind: 'serve' }>): Promise<void> {
  const pool = peerPool(databaseUrl, CONNECTIONS_MAX);
  const server = new Server();
  server.addService(STEP_SERVICE, {
    execute: (call: ServerUnaryCall<StepOrder, void>, answer: sendUnaryData<void>) => {
      executeStep(pool, call.request).then(
        () => answer(null),
        (error: Error) => answer({ code: status.INTERNAL, details: error.message }),
      );
    },
  });
  const pair = { private_key: readFileSync(tls.keyPath), cert_chain: readFileSync(tls.certPath) };
  const credentials = ServerCredentials.createSsl(readFileSync(tls.caPath), [pair], true);
  port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', credentials);
}

async function obey(command: ParticipantCommand): Promise<ParticipantFigures> {
  if (command.kind === 'serve') await serve(command);
  const { user, system } = process.cpuUsage();
  return { port, cpuMicros: user + system };
}

process.on('message', (command: ParticipantCommand) => {
  void obey(command).then((figures) => process.send?.(figures));
});
process.on('disconnect', () => process.exit(0));
