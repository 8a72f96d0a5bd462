import { runMigrations } from '@clearway/platform-service';
import { clearingMigrations } from './migrations/clearing-migrations';

void runMigrations('clearing', clearingMigrations, process.env);
