import { runService } from '@clearway/platform-service';
import { loadRiskSettings } from './config';
import { wireRisk } from './wiring';

void runService(wireRisk(loadRiskSettings()));
