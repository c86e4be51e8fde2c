package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A build for each change takes far longer than most tests. Schemata (R. Untch and others, "Mutation
// analysis using mutant schemata", 1993) are all changes in one program: every operator becomes a
// call that knows its site, and the environment says at which site which operator replaces it.
//
//	if n < len(b) {                  if schemataLess[int](7, n, len(b)) {

// operator is one that schemata know, with the function that stands for it.
type operator struct {
	token token.Token
	name  string
}

var (
	ordered = []operator{
		{token.LSS, "schemataLess"}, {token.LEQ, "schemataLessEqual"},
		{token.GTR, "schemataGreater"}, {token.GEQ, "schemataGreaterEqual"},
	}
	arithmetic = []operator{
		{token.ADD, "schemataAdd"}, {token.SUB, "schemataSub"},
		{token.MUL, "schemataMul"}, {token.QUO, "schemataQuo"},
	}
)

// site is where an operator stands.
type site struct {
	File   string
	Offset int // of the operator, in bytes
}

// schemata rewrites files. Sites are numbered through all of them, from 1.
type schemata struct {
	sites []site
	info  *types.Info
	pkg   *types.Package
	set   *token.FileSet
}

// edit replaces width bytes at an offset.
type edit struct {
	offset, width int
	text          string
}

// rewrite gives a file whose operators can be changed when it runs. Those that have to
// stay are in constants, in what is no number, and in what has no name here.
func (s *schemata) rewrite(name string, file *ast.File, source []byte) []byte {
	var edits []edit
	offset := func(p token.Pos) int { return s.set.Position(p).Offset }
	number := func(p token.Pos) string {
		s.sites = append(s.sites, site{name, offset(p)})
		return strconv.Itoa(len(s.sites))
	}
	insert := func(p token.Pos, text string) { edits = append(edits, edit{offset(p), 0, text}) }
	replace := func(p token.Pos, op token.Token, text string) {
		edits = append(edits, edit{offset(p), len(op.String()), text})
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if s.info.Types[n].Value != nil {
				return false // a constant
			}
			if n.Op == token.EQL || n.Op == token.NEQ {
				if isPlainBool(s.info.TypeOf(n)) {
					insert(n.Pos(), "schemataNot("+number(n.OpPos)+", ")
					insert(n.End(), ")")
				}
				break
			}
			f := s.function(n, file)
			if f == "" {
				break
			}
			insert(n.Pos(), f+"("+number(n.OpPos)+", ")
			replace(n.OpPos, n.Op, ",")
			insert(n.End(), ")")
		case *ast.UnaryExpr:
			if s.info.Types[n].Value != nil {
				return false
			}
			if t := s.typeName(s.info.TypeOf(n), file, types.IsInteger|types.IsFloat); n.Op == token.SUB && t != "" {
				replace(n.OpPos, n.Op, "schemataNeg["+t+"]("+number(n.OpPos)+", ")
				insert(n.End(), ")")
			}
		case *ast.IncDecStmt:
			if index, ok := ast.Unparen(n.X).(*ast.IndexExpr); ok && isMap(s.info.TypeOf(index.X)) {
				break // has no address
			}
			if s.typeName(s.info.TypeOf(n.X), file, types.IsInteger|types.IsFloat) == "" {
				break
			}
			insert(n.X.Pos(), fmt.Sprintf("schemataStep(%s, %t, &", number(n.TokPos), n.Tok == token.INC))
			replace(n.TokPos, n.Tok, ")")
		}
		return true
	})
	// Outer expressions come before inner ones here, and begin before them. An operand
	// ends before the operator behind it.
	slices.SortStableFunc(edits, func(a, b edit) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.width, b.width))
	})
	var out []byte
	done := 0
	for _, e := range edits {
		out = append(append(out, source[done:e.offset]...), e.text...)
		done = e.offset + e.width
	}
	return append(out, source[done:]...)
}

// function names the function in place of an operator between numbers or texts, "" where there is none.
func (s *schemata) function(n *ast.BinaryExpr, file *ast.File) string {
	is := func(o operator) bool { return o.token == n.Op }
	operand := s.info.TypeOf(n.X)
	if n.Op == token.REM {
		if t := s.typeName(operand, file, types.IsInteger); t != "" {
			return "schemataRem[" + t + "]"
		}
	}
	if i := slices.IndexFunc(ordered, is); i >= 0 {
		if t := s.typeName(operand, file, types.IsOrdered); t != "" {
			return ordered[i].name + "[" + t + "]"
		}
	}
	if i := slices.IndexFunc(arithmetic, is); i >= 0 {
		if t := s.typeName(operand, file, types.IsInteger|types.IsFloat); t != "" {
			return arithmetic[i].name + "[" + t + "]"
		}
	}
	return ""
}

// typeName gives the name that a type of the wanted kind has in a file, "" if it is of another kind or has none.
func (s *schemata) typeName(t types.Type, file *ast.File, wanted types.BasicInfo) string {
	if t == nil {
		return ""
	}
	if _, parameter := types.Unalias(t).(*types.TypeParam); parameter {
		return ""
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok || basic.Info()&wanted == 0 || basic.Info()&types.IsUntyped != 0 {
		return ""
	}
	named := true
	name := types.TypeString(t, func(p *types.Package) string {
		if p == s.pkg {
			return ""
		}
		imported := importName(file, p)
		named = named && imported != ""
		return imported
	})
	if !named {
		return ""
	}
	return name
}

// importName gives the name under which a file imports a package, "" if it does not.
func importName(file *ast.File, p *types.Package) string {
	for _, i := range file.Imports {
		if path, err := strconv.Unquote(i.Path.Value); err != nil || path != p.Path() {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return p.Name()
	}
	return ""
}

func isPlainBool(t types.Type) bool {
	return t != nil && (types.Identical(t, types.Typ[types.Bool]) || types.Identical(t, types.Typ[types.UntypedBool]))
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// envChange is the number of a site and the operator to put there, "7 <=".
const envChange = "MUTATION_CHANGE"

// functions gives the file with the functions that rewritten files of a package call.
func functions(pkg string) []byte {
	var out strings.Builder
	fmt.Fprintf(&out, `package %s

import (
	"os"
	"strconv"
	"strings"
)

var schemataSite, schemataOperator = func() (int, string) {
	site, operator, _ := strings.Cut(os.Getenv(%q), " ")
	n, err := strconv.Atoi(site)
	if err != nil {
		return -1, ""
	}
	return n, operator
}()

type schemataInteger interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

type schemataNumber interface{ schemataInteger | ~float32 | ~float64 }

type schemataOrdered interface{ schemataNumber | ~string }

func schemataNot(site int, is bool) bool { return is != (site == schemataSite) }

func schemataNeg[T schemataNumber](site int, a T) T {
	if site == schemataSite {
		return a
	}
	return -a
}

func schemataStep[T schemataNumber](site int, up bool, p *T) {
	if up != (site == schemataSite) {
		*p++
	} else {
		*p--
	}
}

func schemataRem[T schemataInteger](site int, a, b T) T {
	if site == schemataSite {
		return schemataCalculate(a, b)
	}
	return a %% b
}
`, pkg, envChange)
	function := func(o operator, constraint, result, change string) {
		fmt.Fprintf(&out, `
func %s[T %s](site int, a, b T) %s {
	if site == schemataSite {
		return %s(a, b)
	}
	return a %s b
}
`, o.name, constraint, result, change, o.token)
	}
	choice := func(name, constraint, result string, operators []operator) {
		fmt.Fprintf(&out, "\nfunc %s[T %s](a, b T) %s {\n\tswitch schemataOperator {\n", name, constraint, result)
		for _, o := range operators {
			fmt.Fprintf(&out, "\tcase %q:\n\t\treturn a %s b\n", o.token, o.token)
		}
		out.WriteString("\t}\n\tpanic(\"no such operator: \" + schemataOperator)\n}\n")
	}
	choice("schemataCompare", "schemataOrdered", "bool", ordered)
	for _, o := range ordered {
		function(o, "schemataOrdered", "bool", "schemataCompare")
	}
	choice("schemataCalculate", "schemataNumber", "T", arithmetic)
	for _, o := range arithmetic {
		function(o, "schemataNumber", "T", "schemataCalculate")
	}
	return []byte(out.String())
}
