import { generateKeyPairSync } from 'node:crypto';
import { createCheckpoint } from './checkpoint';
import { formatLoggedCheckpoint, splitCheckpointLog } from './checkpoint-log';
import { noteSigner } from './note-key';

const signer = noteSigner('example.org/log', generateKeyPairSync('ed25519').privateKey);
const notes = [1, 2, 3].map((size) =>
  createCheckpoint({ origin: 'example.org/log', size, rootHash: new Uint8Array(32), extensions: [] }, [
    signer,
  ]),
);
const log = notes.map(formatLoggedCheckpoint).join('');

it('gives back the notes as they were signed', () => {
  expect(splitCheckpointLog(log)).toEqual({ notes, completeChars: log.length });
  expect(splitCheckpointLog('')).toEqual({ notes: [], completeChars: 0 });
});

it('leaves out what a cut-off write left behind, wherever it was cut', () => {
  const complete = log.length - formatLoggedCheckpoint(notes[2]!).length;
  for (let chars = complete; chars < log.length; chars++)
    expect(splitCheckpointLog(log.slice(0, chars))).toEqual({
      notes: notes.slice(0, 2),
      completeChars: complete,
    });
});
