export type { AuditEntry, DecodedEntry, EntryDefect } from './audit-entry';
export {
  decodeEntry,
  ENTRY_FIELD_BYTES_MAX,
  ENTRY_NAME_BYTES_MAX,
  ENTRY_VERSION,
  encodeEntry,
  entryLeafHash,
  entryLeafHashes,
  isSourceShard,
} from './audit-entry';
export type {
  Append,
  AppendDefect,
  AuditCommand,
  AuditEvent,
  AuditOutcome,
  CheckpointRecorded,
  CheckpointRefusal,
  LeavesAppended,
  RecordCheckpoint,
} from './audit-machine';
export {
  APPEND_LEAVES_MAX,
  APPEND_PAYLOAD_BYTES_MAX,
  auditMachine,
  SOURCE_SHARDS_MAX,
} from './audit-machine';
export type { AuditState, RecordedCheckpoint, SourceCoverage, TreeHead } from './audit-state';
export { checkpointDue, coverage, expectedEvent, FIRST_EVENT_NUMBER, treeHead } from './audit-state';
export type { Checkpoint, CheckpointDefect, OpenedCheckpoint, ParsedCheckpoint } from './checkpoint';
export {
  createCheckpoint,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  readCheckpointUnverified,
} from './checkpoint';
export type { CheckpointLog } from './checkpoint-log';
export { formatLoggedCheckpoint, splitCheckpointLog } from './checkpoint-log';
export type { CompactRangeState, NodeSink } from './compact-range';
export { CompactRange } from './compact-range';
export { type EntryPlaces, LeafHasher } from './leaf-hasher';
export type { MaskableValue } from './mask-sensitive';
export { MASK_DEPTH_MAX, maskSensitive, PARTLY_SHOWN_KEYS, REDACTED, REDACTED_KEYS } from './mask-sensitive';
export { emptyRoot, HASH_BYTES, hashesEqual, leafHash, nodeHash } from './merkle-hash';
export type { HashAt, NodePlace, ProofPlan } from './merkle-proof';
export {
  consistencyProof,
  foldPlan,
  hashAtFromLeaves,
  inclusionProof,
  placesOf,
  planConsistency,
  planInclusion,
  rootAt,
} from './merkle-proof';
export type { LeafRange, MaybeHashAt, Mismatch } from './merkle-range';
export { firstMismatch, planRange, RangeNodes, rangeRoot } from './merkle-range';
export { verifyConsistency, verifyInclusion } from './merkle-verify';
export { NodeMemory } from './node-memory';
export type { NoteSigner, NoteVerifier, VerifierKeyRefusal, VerifierKeyResult } from './note-key';
export { formatVerifierKey, isKeyName, noteSigner, noteVerifier, parseVerifierKey } from './note-key';
export type { NoteDefect, NoteSignature, OpenedNote, ParsedNote } from './signed-note';
export { NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX, openNote, parseNote, signNote } from './signed-note';
export type { Tile, TilePlace } from './tiles';
export {
  hashAtFromTiles,
  openTilesOf,
  TILE_HASHES,
  TILE_HEIGHT,
  TileAppender,
  tileOf,
  tilesOf,
} from './tiles';
export type { ParsedTlogProof, TlogProof, VerifiedTlogProof } from './tlog-proof';
export { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof';
