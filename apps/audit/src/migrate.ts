import { runMigrations } from '@clearway/platform-service';
import { auditMigrations } from './migrations';

void runMigrations('audit', auditMigrations, process.env);
