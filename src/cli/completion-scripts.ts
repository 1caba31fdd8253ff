import type { Command } from './command.ts';

/** A verb as a shell completes it. */
export interface Completed {
  readonly verb: string;
  readonly summary: string;
  /** words that may stand behind it */
  readonly words: readonly string[];
  /** the id of a secondary stands behind it */
  readonly takesId?: boolean;
  /** without their dashes */
  readonly options: readonly { readonly name: string; readonly takesValue: boolean }[];
}

export type Shell = 'bash' | 'zsh' | 'fish';

/** What can be completed of a command: its own usage and help say it, so that both are always the same. */
export const completedOf = (verb: string, { summary, usage, help }: Omit<Command, 'run'>): Completed => {
  const found = [
    ...usage.matchAll(/--([a-z][a-z-]*)( [^\s[\]|-][^\s\]]*)?/g),
    ...help.matchAll(/^ {2}--([a-z][a-z-]*)( \S+)? {2,}\S/gm),
  ].map(([, name = '', value]) => ({ name, takesValue: value !== undefined }));
  const valuedNames = new Set(found.flatMap(({ name, takesValue }) => (takesValue ? [name] : [])));
  const names = new Set(found.map(({ name }) => name));
  const [, choice = ''] = /^usher \S+ \[?([a-z]+(?:\|[a-z]+)+)\]?/.exec(usage) ?? [];
  const words = choice === '' ? [] : choice.split('|');
  const options = Array.from(names, (name) => ({ name, takesValue: valuedNames.has(name) }));
  return { verb, summary, words, takesId: /^usher \S+ ID\b/.test(usage), options };
};

const optionsOf = ({ options }: Completed): readonly string[] => options.map(({ name }) => `--${name}`);

const offered = (one: Completed): string => [...one.words, ...optionsOf(one)].join(' ');

const withIds = (all: readonly Completed[]): readonly string[] =>
  all.flatMap(({ verb, takesId }) => (takesId === true ? [verb] : []));

const valued = (all: readonly Completed[]): readonly string[] => [
  ...new Set(
    all.flatMap(({ options }) =>
      options.filter(({ takesValue }) => takesValue).map(({ name }) => `--${name}`),
    ),
  ),
];

/** In single quotes, as bash and zsh read them. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const bash = (all: readonly Completed[]): string => `# usher completions bash > /etc/bash_completion.d/usher
_usher() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${all.map(({ verb }) => verb).join(' ')} help version'
  else
    # behind an option with a value, files are offered
    case $before in
      ${valued(all).join('|')}) return ;;
    esac
    case \${COMP_WORDS[1]} in
      help) words='${all.map(({ verb }) => verb).join(' ')}' ;;
${all.map((one) => `      ${one.verb}) words='${offered(one)}' ;;`).join('\n')}
    esac
    # ids of the secondaries, of the config that is named on the line
    case \${COMP_WORDS[1]} in
      ${withIds(all).join('|') || '-'})
        local at config=()
        for ((at = 2; at < COMP_CWORD; at++)); do
          [ "\${COMP_WORDS[at]}" = --config ] && config=(--config "\${COMP_WORDS[at + 1]}")
        done
        [[ $current == -* ]] || words+=" $("\${COMP_WORDS[0]}" completions ids "\${config[@]}" 2>/dev/null)"
        ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _usher usher
`;

const zsh = (all: readonly Completed[]): string => `#compdef usher
# usher completions zsh > /usr/local/share/zsh/site-functions/_usher
_usher() {
  local -a verbs
  verbs=(
${all.map(({ verb, summary }) => `    ${quoted(`${verb}:${summary.replaceAll(':', '\\:')}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )) || [[ $words[2] == help ]]; then
    _describe verb verbs
    return
  fi
  case $words[CURRENT-1] in
    ${valued(all).join('|')}) _files; return ;;
  esac
  case $words[2] in
${all.map((one) => `    ${one.verb}) compadd -- ${offered(one)} ;;`).join('\n')}
  esac
  case $words[2] in
    ${withIds(all).join('|') || '-'})
      local -a config
      (( \${words[(I)--config]} )) && config=(--config $words[\${words[(I)--config]}+1])
      [[ $PREFIX == -* ]] || compadd -- \${(f)"$($words[1] completions ids $config 2>/dev/null)"}
      return ;;
  esac
  [[ $PREFIX == -* ]] || _files
}
compdef _usher usher
`;

const fishQuoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

const fish = (all: readonly Completed[]): string => {
  const lines = all.flatMap((one) => {
    const seen = `-n '__fish_seen_subcommand_from ${one.verb}'`;
    return [
      `complete -c usher -f -n __fish_use_subcommand -a ${one.verb} -d ${fishQuoted(one.summary)}`,
      ...(one.words.length === 0 ? [] : [`complete -c usher -f ${seen} -a '${one.words.join(' ')}'`]),
      ...(one.takesId === true
        ? [`complete -c usher -f ${seen} -a '(command -q usher; and usher completions ids 2>/dev/null)'`]
        : []),
      ...one.options.map(
        ({ name, takesValue }) => `complete -c usher ${seen} -l ${name}${takesValue ? ' -r' : ''}`,
      ),
    ];
  });
  const verbs = all.map(({ verb }) => verb).join(' ');
  const help = `complete -c usher -f -n '__fish_seen_subcommand_from help' -a '${verbs}'`;
  return `# usher completions fish > ~/.config/fish/completions/usher.fish\n${[...lines, help].join('\n')}\n`;
};

/** The script of each shell. */
export const completionScripts: Readonly<Record<Shell, (all: readonly Completed[]) => string>> = {
  bash,
  zsh,
  fish,
};
