/** Prints `N passed, N failed` over the jest reports in a folder; a failed stage without a failed test counts as one. */
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');

const [folder, ...failedStages] = process.argv.slice(2);
const TEST_STAGES = { 'unit and integration tests': 'test.json', 'end-to-end tests': 'e2e.json' };

const reports = new Map(
  readdirSync(folder).map((file) => [file, JSON.parse(readFileSync(path.join(folder, file), 'utf8'))]),
);
const failedIn = (report) => report.numFailedTests + report.numRuntimeErrorTestSuites;
const passed = [...reports.values()].reduce((sum, report) => sum + report.numPassedTests, 0);
const failedTests = [...reports.values()].reduce((sum, report) => sum + failedIn(report), 0);
const silentStages = failedStages.filter((stage) => {
  const report = reports.get(TEST_STAGES[stage]);
  return !report || failedIn(report) === 0;
});

console.log(`${passed} passed, ${failedTests + silentStages.length} failed`);
process.exitCode = failedStages.length > 0 ? 1 : 0;
