import { clearingMachine } from '@clearway/domain-clearing';
import { runSnapshotWorker } from '@clearway/platform-service';
import { clearingEventCodec } from './codec/clearing-event.codec';

runSnapshotWorker(clearingMachine, clearingEventCodec);
