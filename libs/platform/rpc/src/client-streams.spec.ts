import { Readable } from 'node:stream';
import { setImmediate as nextRound } from 'node:timers/promises';
import { type ClientReadableStream, Metadata, status } from '@grpc/grpc-js';
import { GrpcClientStream } from './client-streams';
import { RpcError } from './rpc-error';

/** A call of grpc-js as far as a stream of responses uses it. */
function fakeCall(): Readable {
  return Object.assign(new Readable({ objectMode: true, read: () => undefined }), {
    cancel: () => undefined,
  });
}

const LOST = Object.assign(new Error('connection lost'), {
  code: status.UNAVAILABLE,
  details: 'connection lost',
  metadata: new Metadata(),
});

describe('a stream of responses', () => {
  it('hands nothing over once it has failed, though more was buffered', async () => {
    const call = fakeCall();
    const taken: unknown[] = [];
    const stream = new GrpcClientStream(call as unknown as ClientReadableStream<unknown>, {});
    const over = stream.receive((response) => void taken.push(response));
    call.push('first');
    await nextRound();
    call.pause();
    call.push('second');
    call.emit('error', LOST);
    call.resume();
    await expect(over).rejects.toThrow(RpcError);
    await nextRound();
    expect(taken).toEqual(['first']);
  });

  it('hands nothing over after what its listener could not take', async () => {
    const call = fakeCall();
    const taken: unknown[] = [];
    const stream = new GrpcClientStream(call as unknown as ClientReadableStream<unknown>, {});
    const over = stream.receive((response) => {
      taken.push(response);
      throw new Error('a gap');
    });
    for (const each of ['first', 'second', 'third']) call.push(each);
    await expect(over).rejects.toThrow('a gap');
    await nextRound();
    expect(taken).toEqual(['first']);
  });
});
