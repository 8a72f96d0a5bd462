import { completionScript, SHELLS, type Shell } from '../completion/completion-script';
import { LAUNCHER } from '../config';
import type { Command } from '../line/command';
import { answer } from '../output/answer';

/** `clearway completion bash` */
export const completionCommand: Command = {
  path: ['completion'],
  summary: 'Print the completion script of a shell',
  positionals: [{ name: 'SHELL', choices: SHELLS }],
  details: 'In ~/.bashrc or ~/.zshrc: eval "$(npx --prefix CHECKOUT clearway completion bash)"',
  async run(call) {
    const shell = call.word('SHELL') as Shell;
    const script = completionScript(shell, LAUNCHER);
    return answer(
      () => ({ shell, script }),
      () => script,
    );
  },
};
