// Integration and end-to-end tests run real processes, sockets and databases against real time. A failed one is logged and
// tried once more; failing twice fails. Unit tests get no second try.
const REAL_TIME = /\.int\.spec\.ts$|[/\\]apps[/\\](e2e|hostile)[/\\]/;

if (REAL_TIME.test(expect.getState().testPath ?? '')) jest.retryTimes(1, { logErrorsBeforeRetry: true });
