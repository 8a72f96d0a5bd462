import { NODE_MAJOR_MIN, nodeProblem } from './node-version';

it.each([`${NODE_MAJOR_MIN}.0.0`, '26.1.0', process.versions.node])('takes %s', (version) => {
  expect(nodeProblem(version)).toBeUndefined();
});

it.each(['20.20.2', '23.11.0', '9.9.9', ''])(
  'refuses %j, naming what is needed and how to get it',
  (version) => {
    expect(nodeProblem(version)).toMatch(
      new RegExp(`Node ${version}, .*needs Node 24: run it through npm .*npm start`),
    );
  },
);
