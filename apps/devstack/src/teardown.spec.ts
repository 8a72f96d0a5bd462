import { Teardown } from './teardown';

describe('Teardown', () => {
  const done: string[] = [];
  const failures: string[] = [];
  let teardown: Teardown;

  beforeEach(() => {
    done.length = 0;
    failures.length = 0;
    teardown = new Teardown((what) => failures.push(what));
  });

  it('stops in reverse order and goes on after a failure', async () => {
    teardown.add('a', () => void done.push('a'));
    teardown.add('b', async () => Promise.reject(new Error('no')));
    teardown.add('c', async () => {
      await Promise.resolve();
      done.push('c');
    });
    await teardown.run();
    expect(done).toEqual(['c', 'a']);
    expect(failures).toEqual(['b']);
  });

  it('kills also what is being stopped', () => {
    const stuck = (): Promise<void> => new Promise(() => undefined);
    teardown.add('a', stuck, () => void done.push('a'));
    teardown.add('b', stuck, () => void done.push('b'));
    void teardown.run();
    teardown.killAll();
    expect(done).toEqual(['b', 'a']);
  });
});
