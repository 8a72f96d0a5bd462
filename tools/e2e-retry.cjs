// End-to-end tests run real processes against real time. A failed one is logged and tried once more; failing twice fails.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
