;;; gate-mode.el --- Models of skipgate  -*- lexical-binding: t -*-

;; Emacs 29 has Eglot; in older ones install it from GNU ELPA. Put this file into the load path, and
;; (require 'gate-mode) into your init file.

;;; Code:

(defvar gate-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?' "." table)
    table)
  "Comments begin with a hash; a prime is punctuation.")

(defvar gate-mode-keywords
  (list
   (cons (regexp-opt
          '("action" "always" "anchor" "and" "as" "assume" "case" "check" "const" "constraint" "count" "cover"
            "deadlock" "def" "depth" "div" "do" "effect" "elif" "else" "enabled" "enum" "eventually" "examine"
            "exists" "expect" "fair" "fold" "for" "forall" "from" "generated" "group" "holds" "if" "ignore" "import"
            "in" "initially" "invariant" "leads" "lemma" "let" "liveness" "match" "max" "min" "mod" "model" "not"
            "or" "ordered" "proved" "record" "refines" "sort" "states" "strong" "subset" "sum" "symmetry" "tag"
            "taken" "terminal" "then" "to" "transition" "type" "unless" "unmodelled" "unreachable" "until" "vacuous"
            "var" "variant" "violation" "when" "where" "with")
          'symbols)
         'font-lock-keyword-face)
   (cons (regexp-opt '("bag" "bool" "int" "map" "nat" "of" "option" "seq" "set") 'symbols) 'font-lock-type-face)
   (cons (regexp-opt '("false" "none" "some" "true") 'symbols) 'font-lock-constant-face))
  "Words of the language.")

;;;###autoload
(define-derived-mode gate-mode prog-mode "gate"
  "Models of skipgate."
  (setq-local comment-start "# ")
  (setq-local indent-tabs-mode nil)
  (setq-local font-lock-defaults '(gate-mode-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.gate\\'" . gate-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(gate-mode . ("skipgate" "lsp"))))

(provide 'gate-mode)
;;; gate-mode.el ends here
