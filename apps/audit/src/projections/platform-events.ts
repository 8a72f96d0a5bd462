import { common } from '@clearway/contracts';
import { PLATFORM_TYPE_PREFIX } from '@clearway/platform-journal';
import { detailJson } from './detail-json';
import type { EntryResult, EventDescription } from './event-fields';

interface Note {
  readonly result: EntryResult;
  readonly detailOf: (data: Buffer) => Readonly<Record<string, unknown>>;
}

/** By the note's name: what became of it, and what its data is. */
const NOTES: Readonly<Record<string, Note>> = {
  SessionOpened: { result: 'ACCEPTED', detailOf: () => ({}) },
  AccessRefused: { result: 'REFUSED', detailOf: (data) => ({ ...common.Reason.decode(data) }) },
};

/** A note of another name: a newer platform wrote it. */
const OTHER_NOTE: Note = { result: 'RECORDED', detailOf: () => ({}) };

/**
 * Describes a note of the platform: who connected to a service, and who was turned away. Such notes stand in every service's
 * journal beside its events; who it was, and from where, is in the note's context.
 */
export function describePlatformEvent(type: string, data: Buffer, service: string): EventDescription {
  const { result, detailOf } = NOTES[type.slice(PLATFORM_TYPE_PREFIX.length)] ?? OTHER_NOTE;
  return { resource: `service/${service}`, account: '', result, detailJson: detailJson(detailOf(data)) };
}
