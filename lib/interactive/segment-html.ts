import { FONT_FAMILY } from '../figures/font.js';

/** The page's fixed part; everything else is filled in by `page/main.ts`. */
export const SEGMENT_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<title>Segment · EchoLab</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page/style.css">
<script type="module" src="page/main.js"></script>
</head>
<body>
<header>
<h1>Segment</h1>
<span id="phantom" class="mark" hidden>phantom data</span>
<p id="model"></p>
<button id="help" type="button" class="quiet" aria-label="Help and keyboard shortcuts" title="Help (?)">?</button>
</header>
<noscript><p class="banner">This page needs scripts; all of them come from this machine.</p></noscript>
<main>
<section class="choose" aria-label="Frames">
<label class="field">Data <select id="group"></select></label>
<label class="field">Find <input id="search" type="search" placeholder="name or view" autocomplete="off" spellcheck="false"></label>
<ul id="clips" class="list" aria-label="Clips"></ul>
<p id="more" class="note" hidden></p>
</section>
<section class="stage" aria-label="Picture">
<div class="toolbar">
<div class="tools" role="radiogroup" aria-label="Tool">
<button type="button" role="radio" data-tool="inside" aria-checked="true" title="Click inside the object (I)"><span class="dot in" aria-hidden="true">+</span>Inside</button>
<button type="button" role="radio" data-tool="outside" aria-checked="false" title="Click what is not the object (O, or right click)"><span class="dot out" aria-hidden="true">−</span>Outside</button>
<button type="button" role="radio" data-tool="box" aria-checked="false" title="Drag a box around the object (B)"><span class="dot box" aria-hidden="true"></span>Box</button>
</div>
<div class="actions">
<button id="undo" type="button" title="Undo (Ctrl+Z)" disabled>Undo</button>
<button id="redo" type="button" title="Redo (Ctrl+Shift+Z)" disabled>Redo</button>
<button id="clear" type="button" title="Take this object's prompts away (Delete)" disabled>Clear</button>
</div>
</div>
<div class="view">
<canvas id="canvas" tabindex="0" role="application" aria-label="The frame. Click to prompt. With the keyboard: arrow keys move a cross, Enter prompts there." aria-describedby="status"></canvas>
<p id="busy" class="busy" hidden>Reading…</p>
</div>
<div class="frames">
<button id="previous" type="button" class="quiet" aria-label="Previous frame" title="Previous frame (,)">‹</button>
<input id="frame" type="range" min="0" max="0" value="0" aria-label="Frame">
<button id="next" type="button" class="quiet" aria-label="Next frame" title="Next frame (.)">›</button>
<output id="frameNumber" for="frame">1 / 1</output>
<span id="marks" class="marks"></span>
</div>
<p id="status" class="status" role="status" aria-live="polite">Click inside what you want to segment.</p>
</section>
<section class="results" aria-label="Objects">
<form id="ask" class="ask">
<label for="text">Ask for</label>
<input id="text" list="texts" autocomplete="off" spellcheck="false" placeholder="e.g. left ventricle" maxlength="200">
<datalist id="texts"></datalist>
<button type="submit">Find</button>
</form>
<div class="heading"><h2>Objects</h2><button id="new" type="button" title="New object (N)">New</button></div>
<ul id="objects" class="objects"></ul>
<div id="compare" hidden>
<div class="heading"><h2>Truth</h2><label class="check"><input id="truth" type="checkbox" checked> show <kbd>T</kbd></label></div>
<table id="dice"><caption class="unseen">Dice of the selected object with each structure</caption><tbody></tbody></table>
</div>
<h2>Save</h2>
<div id="spacing" class="spacing"></div>
<div class="save">
<button id="png" type="button" title="Save the masks as PNG (S)">PNG</button>
<button id="nifti" type="button" title="Save the masks as NIfTI (Shift+S)">NIfTI</button>
</div>
<p id="saved" class="note" role="status"></p>
<p id="timing" class="note timing"></p>
</section>
</main>
<div id="alert" class="banner" role="alert" hidden><p></p><button type="button" class="quiet" aria-label="Dismiss">×</button></div>
<dialog id="helpBox" aria-labelledby="helpTitle">
<h2 id="helpTitle">How to segment</h2>
<p>Click inside a structure, drag a box around it, or ask for it by name. Where the mask is wrong, click again: <b>Inside</b> adds, <b>Outside</b> takes away.
Every click refines the mask of the one before. Drag to move the picture, wheel or pinch to zoom. Masks are for research, not for diagnosis.</p>
<table>
<tr><td><kbd>I</kbd> <kbd>O</kbd> <kbd>B</kbd></td><td>inside, outside, box</td></tr>
<tr><td>right click</td><td>outside</td></tr>
<tr><td><kbd>Ctrl</kbd>+<kbd>Z</kbd>, <kbd>Ctrl</kbd>+<kbd>Shift</kbd>+<kbd>Z</kbd></td><td>undo, redo</td></tr>
<tr><td><kbd>Delete</kbd></td><td>clear the object</td></tr>
<tr><td><kbd>N</kbd>, <kbd>1</kbd> … <kbd>9</kbd></td><td>new object, choose one</td></tr>
<tr><td><kbd>/</kbd></td><td>ask by name</td></tr>
<tr><td><kbd>,</kbd> <kbd>.</kbd></td><td>frame before, frame after</td></tr>
<tr><td><kbd>+</kbd> <kbd>−</kbd> <kbd>0</kbd></td><td>zoom in, out, whole picture</td></tr>
<tr><td><kbd>T</kbd></td><td>show or hide the truth</td></tr>
<tr><td><kbd>S</kbd>, <kbd>Shift</kbd>+<kbd>S</kbd></td><td>save as PNG, as NIfTI</td></tr>
<tr><td>arrows, <kbd>Enter</kbd></td><td>on the picture: move a cross, prompt there</td></tr>
</table>
<form method="dialog"><button type="submit">Close</button></form>
</dialog>
</body>
</html>
`;

/** The page's style: dark, so that a dark picture can be judged. */
export const SEGMENT_STYLE = `* { box-sizing: border-box; }
:root { color-scheme: dark; --back: #15181c; --panel: #1d2126; --line: #3a414a; --text: #e8eaed; --soft: #a9b1bb; --blue: #7cc4f5; --warm: #ffb266; }
[hidden] { display: none !important; }
html, body { height: 100%; }
body { margin: 0; display: flex; flex-direction: column; font: 15px/1.45 ${FONT_FAMILY}; color: var(--text); background: var(--back); }
h1 { font-size: 17px; margin: 0; }
h2 { font-size: 14px; margin: 0; color: var(--soft); font-weight: 600; }
p { margin: 0; }
header { display: flex; align-items: center; gap: 12px; padding: 8px 14px; border-bottom: 1px solid var(--line); }
#model { flex: 1; min-width: 0; color: var(--soft); font-size: 13px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.mark { font-size: 12px; color: #ffcf9e; border: 1px solid #a8662a; border-radius: 3px; padding: 0 6px; white-space: nowrap; }
main { flex: 1; min-height: 0; display: grid; grid-template-columns: 240px minmax(0, 1fr) 280px; }
main > section { min-height: 0; padding: 12px; display: flex; flex-direction: column; gap: 10px; }
.choose, .results { background: var(--panel); overflow-y: auto; }
button, select, input { font: inherit; color: inherit; }
button, select, input:not([type]), input[type="search"], input[type="number"], .field input { background: #272c33; border: 1px solid var(--line); border-radius: 5px; min-height: 36px; padding: 4px 10px; }
button { cursor: pointer; }
button:hover:not(:disabled) { background: #323942; }
button:disabled { opacity: 0.45; cursor: default; }
button.quiet { min-width: 36px; padding: 4px 8px; }
:focus-visible { outline: 2px solid var(--warm); outline-offset: 2px; }
kbd { font: 12px/1 ui-monospace, Menlo, Consolas, monospace; border: 1px solid var(--line); border-radius: 3px; padding: 1px 4px; color: var(--soft); }
.field { display: grid; grid-template-columns: 44px minmax(0, 1fr); align-items: center; color: var(--soft); font-size: 13px; }
.field select, .field input { width: 100%; color: var(--text); font-size: 15px; }
.list { list-style: none; margin: 0; padding: 0; flex: 1 1 120px; min-height: 96px; overflow-y: auto; border: 1px solid var(--line); border-radius: 5px; }
.list button { display: block; width: 100%; min-height: 34px; padding: 5px 9px; border: 0; border-radius: 0; background: none; text-align: left; font-size: 13.5px; overflow-wrap: anywhere; }
.list button:hover { background: #272c33; }
.list button[aria-current="true"] { background: #14405f; }
.list :focus-visible { outline-offset: -2px; }
.note { font-size: 13px; color: var(--soft); overflow-wrap: anywhere; }
.note a { color: var(--blue); }
.toolbar { display: flex; flex-wrap: wrap; gap: 8px; justify-content: space-between; }
.tools, .actions { display: flex; gap: 6px; }
.tools { gap: 0; }
.tools button { display: inline-flex; align-items: center; gap: 7px; border-radius: 0; margin-left: -1px; }
.tools button:first-child { border-radius: 5px 0 0 5px; margin-left: 0; }
.tools button:last-child { border-radius: 0 5px 5px 0; }
.tools button[aria-checked="true"] { background: #14405f; border-color: var(--blue); z-index: 1; position: relative; }
.dot { display: inline-grid; place-items: center; width: 16px; height: 16px; border-radius: 50%; border: 1.5px solid #fff; font: 700 13px/1 monospace; }
.dot.in { background: #00875f; }
.dot.out { background: #c8320a; }
.dot.box { border-radius: 0; border: 1.5px dotted #fff; }
.view { position: relative; flex: 1; min-height: 0; background: #000; border: 1px solid var(--line); border-radius: 5px; overflow: hidden; }
canvas { position: absolute; inset: 0; display: block; width: 100%; height: 100%; touch-action: none; cursor: crosshair; }
canvas:focus-visible { outline-offset: -2px; }
.busy { position: absolute; left: 10px; top: 8px; font-size: 13px; color: var(--soft); background: rgba(0, 0, 0, 0.6); padding: 1px 8px; border-radius: 3px; }
.frames { display: flex; align-items: center; gap: 8px; }
.frames input { flex: 1; min-width: 60px; accent-color: var(--blue); }
.frames output { font-size: 13px; font-variant-numeric: tabular-nums; color: var(--soft); min-width: 56px; text-align: right; }
.marks { display: flex; gap: 4px; }
.marks button { min-height: 30px; padding: 1px 8px; font-size: 13px; }
.marks button[aria-pressed="true"] { border-color: var(--blue); background: #14405f; }
.status { min-height: 22px; font-size: 14px; }
.ask { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 6px; align-items: center; font-size: 13px; color: var(--soft); }
.ask input, .ask button { font-size: 15px; color: var(--text); }
.heading { display: flex; align-items: center; justify-content: space-between; }
.heading button { min-height: 30px; padding: 1px 12px; font-size: 14px; }
.check { font-size: 13px; color: var(--soft); display: flex; align-items: center; gap: 6px; min-height: 30px; }
.check input { accent-color: var(--blue); width: 16px; height: 16px; }
.objects { list-style: none; margin: 0; padding: 0; display: grid; gap: 5px; }
.objects li { display: grid; grid-template-columns: 24px minmax(0, 1fr) 34px; align-items: center; border: 1px solid var(--line); border-radius: 5px; }
.objects li[data-selected="true"] { border-color: var(--blue); background: #1b2c39; }
.objects .chip { width: 24px; min-height: 0; padding: 0; border: 0; background: none; align-self: stretch; display: grid; place-items: center; }
.objects .chip span { width: 11px; height: 11px; border-radius: 50%; display: block; }
.objects .what { min-width: 0; padding: 3px 4px; }
.objects input { width: 100%; min-height: 26px; padding: 0 4px; border-color: transparent; background: none; font-size: 14.5px; }
.objects input:hover, .objects input:focus { border-color: var(--line); background: #15181c; }
.objects .facts { font-size: 12.5px; color: var(--soft); padding: 0 5px; font-variant-numeric: tabular-nums; }
.objects .remove { border: 0; background: none; color: var(--soft); padding: 0; min-height: 36px; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
#dice td { padding: 3px 2px; border-top: 1px solid var(--line); }
#dice td:last-child { text-align: right; font-variant-numeric: tabular-nums; }
#dice tr.best td { color: #fff; font-weight: 600; }
#compare { display: grid; gap: 4px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.spacing { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; font-size: 13px; color: var(--soft); }
.spacing input { width: 84px; color: var(--text); min-height: 32px; }
.save { display: flex; gap: 6px; }
.save button { flex: 1; }
.timing { margin-top: auto; }
.banner { position: fixed; left: 50%; bottom: 16px; transform: translateX(-50%); width: min(680px, calc(100% - 24px)); display: flex; gap: 10px; align-items: start; padding: 10px 12px; background: #4a1d12; border: 1px solid #d0633d; border-radius: 6px; z-index: 5; }
.banner p { flex: 1; overflow-wrap: anywhere; }
.banner button { background: none; }
dialog { color: var(--text); background: var(--panel); border: 1px solid var(--line); border-radius: 8px; max-width: 520px; padding: 18px 20px; }
dialog::backdrop { background: rgba(0, 0, 0, 0.6); }
dialog h2 { font-size: 16px; color: var(--text); margin-bottom: 8px; }
dialog p { margin-bottom: 10px; }
dialog td { padding: 3px 10px 3px 0; vertical-align: top; }
dialog td:first-child { white-space: nowrap; }
dialog form { margin-top: 12px; text-align: right; }
@media (max-width: 1080px) {
main { grid-template-columns: 200px minmax(0, 1fr) 240px; }
}
@media (max-width: 820px) {
html, body { height: auto; }
main { display: flex; flex-direction: column; }
.stage { order: 1; padding: 8px; gap: 8px; }
.results { order: 2; overflow: visible; }
.choose { order: 3; overflow: visible; }
.view { flex: none; height: min(62vh, 92vw); }
.toolbar { position: sticky; top: 0; z-index: 2; background: var(--back); padding: 4px 0; }
.tools button, .actions button { min-height: 44px; padding: 4px 10px; }
.frames .quiet { min-height: 44px; min-width: 44px; }
.list { max-height: 40vh; flex: none; }
.objects .remove, .marks button { min-height: 40px; min-width: 40px; }
.timing { margin-top: 0; }
dialog { max-width: calc(100% - 24px); }
}
`;
