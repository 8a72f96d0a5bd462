import { riskMachine } from '@clearway/domain-risk';
import { runSnapshotWorker } from '@clearway/platform-service';
import { riskEventCodec } from './codec/risk-event.codec';

void runSnapshotWorker(riskMachine, riskEventCodec);
