"use strict";
// What the pages do beyond Furo: keep the section when the language changes, drawers and scrollers for the keyboard.

const each = (what, act) => document.querySelectorAll(what).forEach(act);

// Anchors s-1, s-2, … stand before the same headings in both languages: lead to the last one that has been passed.
function sameSection() {
  let last = "";
  for (const anchor of document.querySelectorAll(".anchor")) {
    if (anchor.getBoundingClientRect().top > innerHeight / 3) break;
    last = "#" + anchor.id;
  }
  each("a.language", link => { link.hash = last; });
}
each("a.language", link => ["pointerdown", "focus", "click"].forEach(when => link.addEventListener(when, sameSection)));

// Films above the section that was asked for may grow as they take their place: go there once more, if nobody has moved.
if (location.hash.startsWith("#s-")) {
  const stop = new AbortController();
  const once = () => { stop.abort(); document.getElementById(location.hash.slice(1))?.scrollIntoView(); };
  const timer = setTimeout(once, 1000);
  ["wheel", "touchstart", "keydown", "pointerdown"].forEach(
    how => addEventListener(how, () => clearTimeout(timer), { signal: stop.signal, passive: true }));
}

// On a narrow screen the menu and the contents are drawers. Furo opens them with checkboxes; here they are buttons.
each("[data-drawer]", button => {
  const box = document.getElementById(button.dataset.drawer);
  const drawer = document.querySelector(box.id === "__toc" ? ".toc-drawer" : ".sidebar-drawer");
  const told = () => button.setAttribute("aria-expanded", box.checked);
  const turn = open => { box.checked = open; told(); };
  box.addEventListener("change", told);
  button.addEventListener("click", () => {
    turn(!box.checked);
    if (box.checked) setTimeout(() => [...drawer.querySelectorAll("a")].find(one => one.checkVisibility())?.focus(), 50);
  });
  drawer.addEventListener("click", event => { if (event.target.closest("a")) turn(false); });
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && box.checked) { turn(false); button.focus(); }
  });
  drawer.addEventListener("focusout", event => {
    if (box.checked && event.relatedTarget && !drawer.contains(event.relatedTarget)) turn(false);
  });
});

// What can be scrolled sideways can be reached with the keyboard. All is measured first: changing in between is slow.
function scrollers() {
  const boxes = [...document.querySelectorAll("main pre, main .table-wrapper, main .formula, main .cell_output")];
  const wide = boxes.map(box => box.scrollWidth > box.clientWidth + 1);
  boxes.forEach((box, i) => {
    if (wide[i]) box.tabIndex = 0;
    else if (box.hasAttribute("tabindex")) box.removeAttribute("tabindex");
  });
}
(window.requestIdleCallback || setTimeout)(scrollers);
addEventListener("resize", scrollers);
