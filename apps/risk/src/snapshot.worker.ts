import { riskMachine } from '@clearway/domain-risk';
import { runSnapshotWorker } from '@clearway/platform-service';
import { riskEventCodec } from './codec/risk-event.codec';

runSnapshotWorker(riskMachine, riskEventCodec);
