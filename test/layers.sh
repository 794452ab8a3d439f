#!/bin/sh
# Fail when a file includes a layer, or a private header, that it may not know.
# The layers and their order are those of doc/architecture.md.
layers='base|feel|dmn|model|store|engine|api|worker'
below() { case $1 in
	feel | store) echo base ;;
	dmn | model) echo base feel ;;
	engine) echo base feel dmn model store ;;
	api)    echo base feel dmn model engine ;;
	worker) echo base store engine ;;
esac; }
cd "$(dirname "$0")/.." || exit
wrong=$(grep -Eno "^#include \"($layers)/[a-z_]+" src/*/*.[ch] | tr '":' '//' |
while IFS=/ read -r _ from file line _ to header; do
	case " $from $(below "$from") " in *" $to "*) ;; *) echo "src/$from/$file:$line: $from must not know $to" ;; esac
	case $to in base | "$from" | "$header") ;; *) echo "src/$from/$file:$line: $to/$header.h is private" ;; esac
done)
[ -z "$wrong" ] && echo "ok - layers" && exit
echo "not ok - layers"
echo "$wrong"
exit 1
