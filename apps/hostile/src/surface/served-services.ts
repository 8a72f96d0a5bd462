import type { Client } from '@grpc/grpc-js';
import { rawCall } from './raw-call';

const REFLECTION = {
  path: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  kind: 'bidi_streaming',
} as const;
/** ServerReflectionRequest{list_services: "*"}: field 7, one character. */
const LIST_SERVICES = Buffer.from([0x3a, 0x01, 0x2a]);

/** Names of all services that a process serves, as it says itself by reflection. */
export async function servedServices(client: Client): Promise<string[]> {
  const { status, responses } = await rawCall(client, REFLECTION, [LIST_SERVICES]);
  if (status !== 'OK') throw new Error(`reflection answered ${status}`);
  const text = Buffer.concat(responses).toString('latin1');
  return [...new Set(text.match(/(?:clearway|grpc)\.[\w.]+\.[A-Z]\w+/g) ?? [])].sort();
}
