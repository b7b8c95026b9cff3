// Keyboard shortcuts: "/" search, "g t" Today, "j" "k" rows, "?" the list. Off in fields; a reader may switch them off.
const OFF = "linli-keys-off";
const dialog = document.getElementById("keys");
let waiting = "";

const isOff = () => localStorage.getItem(OFF) === "1";
const isField = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;

function stepRow(by) {
  const rows = [...document.querySelectorAll("main tbody th a, main .todo h3 a")];
  const at = rows.indexOf(document.activeElement);
  const next = rows[at === -1 && by < 0 ? rows.length - 1 : at + by];
  if (next) next.focus();
}

function go(keys) {
  const goal = document.querySelector(`[data-key="${keys}"]`);
  if (!goal) return;
  if (goal.matches("input")) goal.focus();
  else goal.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isField(event.target)) return;
  if (event.key === "?") {
    localStorage.removeItem(OFF);
    if (dialog && !dialog.open) dialog.showModal();
    return;
  }
  if (isOff() || (dialog && dialog.open)) return;
  const keys = waiting ? `${waiting} ${event.key}` : event.key;
  waiting = !waiting && event.key === "g" ? "g" : "";
  if (keys === "/" || keys === "g t") {
    event.preventDefault();
    go(keys);
  } else if (keys === "j") stepRow(1);
  else if (keys === "k") stepRow(-1);
});

if (dialog) {
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "off") localStorage.setItem(OFF, "1");
  });
}
