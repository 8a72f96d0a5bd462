import { auditMachine } from '@clearway/domain-audit';
import { runSnapshotWorker } from '@clearway/platform-service';
import { auditEventCodec } from './codec/audit-event.codec';

runSnapshotWorker(auditMachine, auditEventCodec);
