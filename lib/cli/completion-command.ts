import { Argument, type Command } from "commander";

/** `cdktf-ece completion …` */
export function addCompletionCommand(program: Command): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "the shell that is to complete").choices(["bash", "zsh"]))
    .description("Print a script that lets a shell complete this command.")
    .addHelpText(
      "after",
      `
Examples:

  source <(npx cdktf-ece completion bash)     # in ~/.bashrc
  source <(npx cdktf-ece completion zsh)      # in ~/.zshrc, after compinit`,
    )
    .action((shell: string) => {
      process.stdout.write(
        `${shell === "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : ""}${script(program)}`,
      );
    });
}

/** What can follow each command, by the words of the command: its subcommands and options. Files are the shell's own. */
function script(program: Command): string {
  const cases = commandsBelow(program).map(({ words, next }) => `    "${words}") next="${next.join(" ")}" ;;`);
  return `_cdktf_ece() {
  local word path="" next="" current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in
      -*) break ;;
      *) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _cdktf_ece cdktf-ece
`;
}

function commandsBelow(command: Command, words = ""): { words: string; next: string[] }[] {
  const options = [...command.options.map(({ long }) => long), "--help"].filter((option) => option != null);
  const next = [...command.commands.map((each) => each.name()), ...options];
  const below = command.commands.flatMap((each) => commandsBelow(each, `${words} ${each.name()}`.trim()));
  return [{ words, next }, ...below];
}
