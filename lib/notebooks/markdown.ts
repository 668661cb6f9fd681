import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import json from 'highlight.js/lib/languages/json';
import typescript from 'highlight.js/lib/languages/typescript';
import MarkdownIt from 'markdown-it';
import temml from 'temml';

hljs.registerLanguage('typescript', typescript);
hljs.registerLanguage('ts', typescript);
hljs.registerLanguage('json', json);
hljs.registerLanguage('bash', bash);

const markdown = new MarkdownIt({
  html: true, // as Jupyter does
  highlight: (code, language) => (hljs.getLanguage(language) ? hljs.highlight(code, { language }).value : ''),
});

/** `$...$` with no space inside and no digit after, so that "$5 and $6" stays money; `$$...$$` on one line or several. */
const INLINE_MATH = /^\$(?!\s)((?:[^$\\\n]|\\.)+?)(?<!\s)\$(?!\d)/;
const DISPLAY_MATH = /^\$\$([\s\S]+?)\$\$/;

markdown.inline.ruler.before('escape', 'math', (state, silent) => {
  const rest = state.src.slice(state.pos);
  if (!rest.startsWith('$')) return false;
  const display = DISPLAY_MATH.exec(rest);
  const match = display ?? INLINE_MATH.exec(rest);
  if (match === null) return false;
  if (!silent) {
    const token = state.push('math', 'math', 0);
    token.content = match[1] ?? '';
    token.block = display !== null;
  }
  state.pos += match[0].length;
  return true;
});
markdown.renderer.rules.math = (tokens, index) => {
  const { content, block } = tokens[index]!;
  return temml.renderToString(content, { displayMode: block, throwOnError: false });
};

// A wide table scrolls by itself, not the page.
markdown.renderer.rules.table_open = () => '<div class="scroll"><table>';
markdown.renderer.rules.table_close = () => '</table></div>';

/** Markdown as a notebook understands it (tables, HTML, TeX between dollars as MathML) as HTML. */
export function renderMarkdown(source: string, attachments: Record<string, Record<string, string>> = {}): string {
  const html = markdown.render(source);
  return html.replace(/src="attachment:([^"]+)"/g, (whole, name: string) => {
    const [type, data] = Object.entries(attachments[decodeURIComponent(name)] ?? {})[0] ?? [];
    return type && data ? `src="data:${type};base64,${data}"` : whole;
  });
}

/** TypeScript coloured with highlight.js's class names. */
export function highlightTypeScript(code: string): string {
  return hljs.highlight(code, { language: 'typescript' }).value;
}
