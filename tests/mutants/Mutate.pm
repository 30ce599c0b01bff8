# SPDX-License-Identifier: LGPL-2.1-or-later
# All changes of one token that can be made in an area: for each, the file, the
# line, and what that says before and after.
package Mutate;

use strict;
use warnings;

my $tables = 'include/public/arch-x86';
my %areas = (
    attributes => [\&attributes, "$tables/cpufeatureset.h"],
    deps       => [\&rows, "$tables/cpufeature-deps.h"],
    cpuid      => [\&fields, "$tables/cpuid-fields.h"],
    msr        => [\&fields, "$tables/msr-fields.h"],
    rules      => [\&rules, 'xen/arch/x86/stage'],
    models     => [\&code, 'xen/arch/x86/stage'],
    core       => [\&code, 'xen/lib/x86', 'xen/arch/x86'],
    library    => [\&code, 'tools/libs/cpupolicy'],
    command    => [\&code, 'tools/xl-plugin'],
);

# ---- chance, the same everywhere -----------------------------------------

sub seeded {
    my ($seed, $area) = @_;
    my $state = $seed;
    $state = ($state * 31 + ord) % 4294967296 for split //, $area;
    # Numerical Recipes' generator; the low bits are poor, so take the high.
    return sub {
        my ($below) = @_;
        $state = ($state * 1664525 + 1013904223) % 4294967296;
        return int($state / 4294967296 * $below);
    };
}

sub shuffled {
    my ($list, $random) = @_;
    my @l = @$list;
    for ( my $i = $#l; $i > 0; $i-- ) {
        my $j = $random->($i + 1);
        @l[$i, $j] = @l[$j, $i];
    }
    return @l;
}

# ---- tables --------------------------------------------------------------

# Another set of letters, as somebody might have typed it.
sub attributes {
    my ($line) = @_;
    return unless $line =~ m{^(XEN_CPUFEATURE\(\w+,[^)]*\)\s*/\*)(\S*)(.*)$}s;
    my ($before, $letters, $after) = ($1, $2, $3);
    my @others = map { $letters =~ /\Q$_\E/ ? $letters =~ s/\Q$_\E//r
                                            : $letters . $_ } qw(! | e);
    for my $to ('', qw(A S H a s h)) {
        my $other = $letters =~ s/[ASHash]//r . $to;
        push @others, $other;
    }
    $after =~ s/^\s+//;
    my %seen = ($letters => 1);
    return map { "$before$_ $after" } grep { !$seen{$_}++ } @others;
}

sub rows {
    my ($line) = @_;
    return $line =~ /^XEN_CPUFEATURE_(DEP|KIND)\(/ ? ('') : ();
}

my @kinds = qw(LIMIT EQUAL CHOICE TOPOLOGY DERIVED DYNAMIC HIDDEN FEATURE);
my @gates = qw(NONE VPMU SVM VMX AVX10 AMX_TILE TOPOEXT PAGE1GB);
my @vendors = qw(I A C IA IC AC IAC);

sub fields {
    my ($line) = @_;
    return unless $line =~
        /^(XEN_(?:CPUID|MSR)_FIELD\(.*, \w+, )([A-Z]+), ([IAC]+), (\w+), ("|$)/;
    my ($before, $kind, $vendors, $gate) = ($1, $2, $3, $4);
    my $after = substr $line, length("$before$kind, $vendors, $gate");
    return ((map { "$before$_, $vendors, $gate$after" }
                 grep { $_ ne $kind } @kinds),
            (map { "$before$kind, $_, $gate$after" }
                 grep { $_ ne $vendors } @vendors),
            (map { "$before$kind, $vendors, $_$after" }
                 grep { $_ ne $gate } @gates));
}

# Rows of the stages: for whom, when, what, and in which stage.
sub rules {
    my ($line) = @_;
    my @to;
    push @to, $line =~ s/\.vendors = [^,]*, ?//r if $line =~ /\.vendors = /;
    push @to, $line =~ s/\.when = \w+, ?//r if $line =~ /\.when = /;
    push @to, $line =~ s/\.apply = \w+, ?//r if $line =~ /\.apply = /;
    push @to, $line =~ s/\bSET\(/CLEAR(/r if $line =~ /^\s.*\bSET\(F\(/;
    push @to, $line =~ s/\bCLEAR\(/SET(/r if $line =~ /^\s.*\bCLEAR\(F\(/;
    if ( $line =~ /\.stages = (\w+(?:\([^)]*\))?)/ ) {
        for my $st (qw(ST_MAX ST_DEF ST_GUEST ST(HVM_MAX) ST(PV_MAX)
                       ST(HOST_MAX) ST(HVM_DEFAULT))) {
            push @to, $line =~ s/\.stages = \Q$1\E/.stages = $st/r
                if $st ne $1;
        }
    }
    if ( $line =~ /^\s.*\b(?:SET|CLEAR)\(F\((\w+)\)/ ) {
        push @to, $line =~ s/\bF\($1\)/F(FPU)/r;
    }
    return grep { $_ ne $line } @to;
}

# ---- code ----------------------------------------------------------------

my @operators = (
    ['==', '!='], ['!=', '=='], ['<', '<='], ['<', '>='], ['>', '>='],
    ['<=', '<'], ['>=', '>'], ['&&', '||'], ['||', '&&'], ['+', '-'],
    ['-', '+'], ['&', '|'], ['|', '&'], ['<<', '>>'], ['>>', '<<'],
);

# Positions of strings and comments are no code.
sub blanked {
    my ($line) = @_;
    my $hide = sub { my $s = shift; return 's' x length $s };
    $line =~ s{("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|/\*.*$)}{$hide->($1)}ge;
    return $line;
}

sub replaced {
    my ($line, $at, $length, $to) = @_;
    substr($line, $at, $length) = $to;
    return $line;
}

sub code {
    my ($line) = @_;
    return if $line =~ /^\s*(\*|\/\*|#|\}|\{)/ || $line !~ /^ /;
    return if $line =~ /ck_assert|_Static_assert|\.reason|\.reference/;
    my $code = blanked($line);
    my @to;
    for my $op (@operators) {
        my ($from, $other) = @$op;
        while ( $code =~ / \Q$from\E /g ) {
            push @to, replaced($line, $-[0], length("  $from"), " $other ");
        }
    }
    while ( $code =~ /\b(true|false)\b/g ) {
        push @to, replaced($line, $-[0], length $1,
                           $1 eq 'true' ? 'false' : 'true');
    }
    while ( $code =~ /(?<![\w.])(0x[0-9a-fA-F]+|\d+)(?=[uUlL]*\b)/g ) {
        my ($at, $n) = ($-[0], $1);
        push @to, replaced($line, $at, length $n, $n =~ /^0x/
            ? sprintf('0x%x', hex($n) ^ (1 << (length($n) * 7 % 24)))
            : $n + 1);
    }
    while ( $code =~ /(?<![\w)])!(?=[\w(*])/g ) {
        push @to, replaced($line, $-[0], 1, '');
    }
    if ( $code =~ /^(\s*)return (?!0;)(\S.*);$/ ) {
        push @to, "$1return 0;" unless $2 =~ /^(true|false)$/;
    }
    if ( $code =~ /^(\s*(?:else )?if )\( (.*) \)$/ ) {
        push @to, "$1( 0 )", "$1( 1 )";
    }
    if ( $code =~ /^(\s+)[a-z_][\w>.\[\]-]*( [-+|&]?= |\().*;$/ &&
         $code !~ /^\s+(return|static|const|struct|unsigned|int|bool|char|size_t)\b/ ) {
        push @to, "$1;";
    }
    my %seen = ($line => 1);
    return grep { !$seen{$_}++ } @to;
}

# ---- all of them ---------------------------------------------------------

sub files {
    my ($tree, @below) = @_;
    my @files = map { -d "$tree/$_" ? split(/\n/, `cd $tree && find $_ -name '*.c'`)
                                    : $_ } @below;
    my %seen;
    return sort grep { !$seen{$_}++ } @files;
}

sub all {
    my ($tree, $area) = @_;
    my ($change, @below) = @{$areas{$area} || die "mutants: no area $area\n"};
    my @all;
    for my $path (files($tree, @below)) {
        next if $area eq 'core' && $path =~ m{^xen/arch/x86/stage/};
        open my $f, '<', "$tree/$path" or die "$path: $!\n";
        my @lines = <$f>;
        close $f;
        for my $i (0 .. $#lines) {
            chomp(my $from = $lines[$i]);
            push @all, map { { path => $path, line => $i + 1,
                               from => $from, to => $_ } } $change->($from);
        }
    }
    return \@all;
}

# The text of a file with the change made.
sub changed {
    my ($text, $m) = @_;
    my @lines = split /^/, $text;
    $lines[$m->{line} - 1] = "$m->{to}\n";
    return join '', @lines;
}

1;
