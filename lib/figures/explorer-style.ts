import { FONT_FAMILY } from './font.js';

/** Style of the explorer page. */
export const EXPLORER_STYLE = `* { box-sizing: border-box; }
body { margin: 0; padding: 12px 16px; font: 15px/1.45 ${FONT_FAMILY}; color: #222; background: #fff; }
header { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; }
h1 { font-size: 20px; margin: 0; }
header p { flex-basis: 100%; margin: 0 0 8px; color: #444; }
.mark { font-size: 13px; color: #8a3800; background: #fff1e5; border: 1px solid #d98c4f; padding: 1px 6px; }
main { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 16px; }
.controls { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 8px; align-items: center; }
select, button { font: inherit; padding: 5px 9px; border: 1px solid #888; border-radius: 4px; background: #fff; color: inherit; min-height: 34px; }
select { max-width: 200px; }
button { cursor: pointer; }
button[aria-pressed="true"] { background: #0072B2; border-color: #0072B2; color: #fff; }
canvas#plot { display: block; width: 100%; height: min(72vh, 640px); border: 1px solid #999; touch-action: none; cursor: crosshair; }
:focus-visible { outline: 3px solid #D55E00; outline-offset: 1px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 8px; }
.legend button { display: inline-flex; align-items: center; gap: 5px; padding: 2px 7px; min-height: 28px; font-size: 13px; border-color: #ccc; }
.legend button[aria-pressed] { background: #fff; color: #222; border-color: #ccc; }
.legend button[aria-pressed="false"] { opacity: 0.4; text-decoration: line-through; }
.hint { font-size: 13px; color: #555; margin: 6px 0 0; }
aside h2 { font-size: 15px; margin: 10px 0 4px; }
aside section:first-child h2 { margin-top: 0; }
#frame { display: flex; gap: 10px; min-height: 130px; }
#frame dl { margin: 0; font-size: 14px; overflow-wrap: anywhere; }
#frame dt { color: #666; font-size: 12px; }
#frame dd { margin: 0 0 3px; }
.picture { background-color: #000; background-repeat: no-repeat; flex: none; display: block; }
.sheet { display: flex; flex-wrap: wrap; gap: 6px; align-content: flex-start; max-height: 46vh; overflow-y: auto; }
.sheet p { margin: 0; color: #555; }
.sheet p.note { flex-basis: 100%; }
.sheet button { padding: 0; border: 2px solid transparent; border-radius: 0; background: none; width: 76px; font-size: 11px; line-height: 1.25; overflow: hidden; text-align: center; }
@media (max-width: 760px) {
body { padding: 8px; }
h1 { font-size: 18px; }
main { display: flex; flex-direction: column; gap: 8px; }
.stage, aside { display: contents; }
.controls { order: 1; margin: 0; }
canvas#plot { order: 2; height: 46vh; flex: none; }
aside section { order: 4; }
aside section:first-child { order: 3; }
aside section:first-child h2 { display: none; }
.legend { order: 5; margin: 0; }
.hint { order: 6; margin: 0; }
.sheet { max-height: none; }
}
`;
